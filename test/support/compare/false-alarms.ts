/**
 * The false-alarm rate of the tests behind a comparison. Tests use a few pairs;
 * `benchmarks/compare.ts 1000 chance` produces the figures.
 */
import { claimOutcomes } from "../../../harness/compare/claims-changed.ts";
import { testRuns } from "../../../harness/compare/whole-runs.ts";
import { prng } from "../../../harness/base/prng.ts";

export const level = 0.05;

/** Runs per side. */
export const sidesOfRuns: readonly (readonly [ofA: number, ofB: number])[] = [
  [3, 3],
  [10, 1],
  [6, 6],
  [10, 10],
];

/** The number of pairs of sides in which any of eight figures is called different. */
export function alarmsOverRuns(pairs: number, ofA: number, ofB: number): number {
  const random = prng(11);
  const gauss = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const isB = Array.from({ length: ofA + ofB }, (_, run) => run >= ofA);
  let alarms = 0;
  for (let pair = 0; pair < pairs; pair++) {
    // A run is fast or slow in all its figures, and each figure has its own noise.
    const levels = isB.map(() => 0.15 * gauss());
    const figures = Array.from({ length: 8 }, () => ({
      values: levels.map((one) => one + 0.05 * gauss()),
      spreadMin: 0.01,
    }));
    if (testRuns(figures, isB, { level, random }).some(({ p }) => p < level)) alarms++;
  }
  return alarms;
}

/** Runs per side, and how often each refutes its claim. */
export const sidesOfClaims: readonly (readonly [runs: number, refuted: number])[] = [
  [3, 0.05],
  [10, 0.05],
  [10, 0.3],
];

/** The number of pairs of sides in which a claim is called turned. */
export function alarmsOverClaims(pairs: number, runs: number, refuted: number): number {
  const random = prng(3);
  const verdict = (): never => {
    const status = random() < refuted ? "refuted" : "held";
    const observed = random();
    return { findings: [{ ...claim, status, observed }] } as never;
  };
  const side = (): never[] => Array.from({ length: runs }, verdict);
  let alarms = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const [outcome] = claimOutcomes(side(), side());
    if (outcome !== undefined && outcome.turned !== null) alarms++;
  }
  return alarms;
}

const claim = {
  kind: "claim",
  id: "claim.served",
  title: "served",
  phase: "fault",
  comparison: ">=",
  limit: 0.99,
  unit: "",
  samples: 1,
  why: "",
};

/**
 * The largest expected number of alarms for this number of pairs: the level plus two standard
 * errors.
 */
export const alarmsMost = (pairs: number): number =>
  Math.floor(pairs * level + 2 * Math.sqrt(pairs * level * (1 - level)));
