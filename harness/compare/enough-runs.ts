/**
 * How many runs a comparison needs before any test can tell a change from what differs between
 * runs.
 */
import { studentQuantile } from "./student.ts";

/**
 * The greatest chance with which runs of one thing that come out in one of two ways (a collector
 * paused or it did not) put all of A on one side and all of B on the other. Whatever test calls a
 * clean split a difference errs as often as this: 12.5 % for 2 against 2, 3.1 % for 3 against 3,
 * 4.9 % for 1 against 7.
 */
export function chanceOfSplit(ofA: number, ofB: number): number {
  let most = 0;
  for (let q = 0.001; q < 1; q += 0.001) {
    most = Math.max(most, q ** ofA * (1 - q) ** ofB + q ** ofB * (1 - q) ** ofA);
  }
  return most;
}

/** 3 against 3, 2 against 4, 1 against 7, or more. `alpha`: the chance of error that is allowed. */
export function enoughRuns(ofA: number, ofB: number, alpha: number): boolean {
  return ofA > 0 && ofB > 0 && chanceOfSplit(ofA, ofB) <= alpha;
}

/** Taken where no side shows how much its runs differ: 10 %, as on a busy machine of four cores. */
export const assumedSpread = 0.1;
const runsMost = 30;

/**
 * How many runs a side would show a change as large as `excess`, if runs differ by `spread` (both
 * as logarithms, or both as shares) and `figures` are compared at `level` together. Null beyond 30.
 */
export function runsToShow(
  excess: number,
  { spread, level, figures }: { spread: number; level: number; figures: number },
): number | null {
  for (let runs = 3; runs <= runsMost; runs++) {
    const t = studentQuantile(1 - level / (2 * Math.max(1, figures)), 2 * runs - 2);
    if (Math.abs(excess) >= t * spread * Math.sqrt(2 / runs)) return runs;
  }
  return null;
}
