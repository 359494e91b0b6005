/**
 * Tests that repeat themselves do it a few times, and `benchmarks/thorough.ts` has them do it
 * often: what is repeated for a figure, or for luck, is no test.
 */
const factor = Number(process.env["SEAWALL_THOROUGH"] ?? 1);

/** How often a test repeats itself that usually does it so often. */
export const times = (usual: number): number => usual * factor;
