/**
 * Repeated tests run a few times here, and many times under `benchmarks/thorough.ts`. Repetition
 * for a figure, or for rare failures, does not belong into the tests.
 */
const factor = Number(process.env["SEAWALL_THOROUGH"] ?? 1);

/** The number of repetitions for a test that usually has this many. */
export const times = (usual: number): number => usual * factor;
