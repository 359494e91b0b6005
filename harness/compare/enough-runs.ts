/** The number of runs that a comparison needs to distinguish a change from run-to-run variation. */
import { studentQuantile } from "./student.ts";

/**
 * The greatest chance that runs of one target with two possible results split exactly along the
 * sides, such as with a collector pause and without. Any test that calls such a split a difference
 * errs this often. It is 12.5 % for 2 against 2, 3.1 % for 3 against 3, 4.9 % for 1 against 7.
 */
export function chanceOfSplit(ofA: number, ofB: number): number {
  let most = 0;
  for (let q = 0.001; q < 1; q += 0.001) {
    most = Math.max(most, q ** ofA * (1 - q) ** ofB + q ** ofB * (1 - q) ** ofA);
  }
  return most;
}

/** 3 against 3, 2 against 4, 1 against 7, or more. `alpha`: the allowed error rate. */
export function enoughRuns(ofA: number, ofB: number, alpha: number): boolean {
  return ofA > 0 && ofB > 0 && chanceOfSplit(ofA, ofB) <= alpha;
}

/**
 * The assumed run-to-run spread if no side shows one: 10 %, as on a busy machine with four cores.
 */
export const assumedSpread = 0.1;
const runsMost = 30;

/**
 * The number of runs per side that would show a change of `excess`, given a spread of `spread` and
 * `figures` tested together at `level`. Both are logarithms, or both are shares. Null above 30.
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
