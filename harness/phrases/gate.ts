/** The phrases of a gate: why an experiment passed, or did not. */

/** Why there is nothing to compare with. */
export const baseline = {
  none: "it has no run that held",
  otherMethod: (refused: readonly string[]): string =>
    `the baseline cannot be compared: ${refused.join("; ")}`,
  otherMachine:
    "the baseline cannot be compared: its runs are from another machine, whose figures do not " +
    "compare; a git ref runs on this one",
  nothingShared:
    "the baseline cannot be compared: its runs and the new ones share no user-facing figure",
};

/** Why a gate does not pass although every claim held. */
export const heldBut = {
  useless: (why: string): string => `every claim held, but ${why}`,
  tooFew: (suspect: string): string =>
    `every claim held, but the runs are too few to compare: ${suspect}`,
  worse: ([first, ...more]: readonly string[]): string =>
    `every claim held, but compared with the baseline ${first}` +
    `${more.length === 0 ? "" : ` (and ${more.length} more)`}`,
};

/** The end of each such sentence; empty if every run was conclusive. */
export function tried(inconclusive: number, runs: number, why: string): string {
  return inconclusive === 0 ? "" : `; ${inconclusive} of ${runs} runs were inconclusive: ${why}`;
}
