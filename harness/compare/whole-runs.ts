/**
 * The whole-run test: one number per figure and run. A run's own deviation affects all its phases
 * and figures, so the independent observations are the runs, not their windows.
 *
 * All figures of a family are tested together. The statistic of a figure is r², the part of its
 * variance that the side explains; it grows with Student's t. It is compared with the greatest r²
 * of the whole family under other assignments of the runs (maxT, step-down; Westfall and Young,
 * 1993). Correlated figures therefore cost one share of the error rate, and not one each.
 *
 * With enough runs, the other assignments are all ways to divide the runs: exact under any
 * distribution. With fewer, they are random directions in the space of runs (rotation test;
 * Langsrud, Statistics and Computing 15, 2005). That is exact if the runs, here their logarithms,
 * are normally distributed.
 */
import { mean } from "../base/statistics.ts";
import { lnChoose } from "./fisher.ts";

/** One figure, in the order of the runs. */
export interface RunFigure {
  /** Logarithms for quantities that are compared as ratios. */
  readonly values: readonly number[];
  /** Lower bound of the standard deviation between runs, however equal they happen to be. */
  readonly spreadMin: number;
}

export interface Tested {
  /** Family-wise, 0 to 1. */
  readonly p: number;
  /** Mean of B's runs minus that of A's. */
  readonly excess: number;
  /** The smallest detectable excess; null if none is. */
  readonly smallest: number | null;
}

export interface TestOptions {
  /** Family-wise error rate: the chance to call any figure different if nothing differs. */
  readonly level: number;
  readonly random: () => number;
}

/** Above this number of assignments, a random sample of them is used. */
const assignmentsMax = 2_000;
const drawn = 1_999;
const tolerance = 1e-9;

/** `inB`: which of the runs belong to B. Each side has at least one run. */
export function testRuns(
  figures: readonly RunFigure[],
  inB: readonly boolean[],
  { level, random }: TestOptions,
): Tested[] {
  const freedom = inB.length - 2;
  // Relative to the first run's side, so that the result does not depend on the names of the sides.
  const sign = inB[0] === true ? -1 : 1;
  const own = direction(inB.map((is) => Number(is !== inB[0])));
  const [ofB, ofA] = [inB.filter(Boolean).length, inB.filter((is) => !is).length];
  const widthOfMean = 1 / ofA + 1 / ofB;
  const measured = figures.map(({ values, spreadMin }) => {
    const numbers = Float64Array.from(values);
    const centre = mean(values);
    const centred = numbers.map((value) => value - centre);
    const squares = dot(centred, centred);
    // A remainder of rounding is not a difference between runs.
    const unit =
      squares <= 1e-18 * dot(numbers, numbers)
        ? null
        : centred.map((value) => value / Math.sqrt(squares));
    const along = dot(own, centred);
    const padded = squares + Math.max(0, freedom) * spreadMin ** 2;
    return {
      unit,
      excess: sign * along * Math.sqrt(widthOfMean),
      rest: padded - along ** 2,
      share: padded === 0 ? 0 : along ** 2 / padded,
    };
  });
  if (freedom < 1) return measured.map(({ excess }) => ({ p: 1, excess, smallest: null }));
  const { directions, exact } = otherWays(ofA, ofB, { own, level, random });
  const order = measured
    .map((_, index) => index)
    .sort((x, y) => (measured[y]?.share ?? 0) - (measured[x]?.share ?? 0));
  const asLarge = new Float64Array(figures.length);
  const greatest = new Float64Array(directions.length);
  for (const [at, way] of directions.entries()) {
    let most = 0;
    for (let rank = order.length - 1; rank >= 0; rank--) {
      const figure = order[rank] as number;
      const { unit, share } = measured[figure] as (typeof measured)[number];
      if (unit !== null) most = Math.max(most, dot(way, unit) ** 2);
      if (most >= share - tolerance) asLarge[figure] = (asLarge[figure] as number) + 1;
    }
    greatest[at] = most;
  }
  // A random sample does not contain the observed assignment, so it is counted in addition.
  const extra = exact ? 0 : 1;
  const limit = criticalShare(greatest, level, extra);
  const results = measured.map(({ unit, excess, rest, share }, figure) => ({
    p:
      unit === null || share === 0
        ? 1
        : Math.min(1, ((asLarge[figure] as number) + extra) / (directions.length + extra)),
    excess,
    smallest: limit === null ? null : Math.sqrt((limit / (1 - limit)) * rest * widthOfMean),
  }));
  let floor = 0;
  return order.reduce<Tested[]>((tested, figure) => {
    const result = results[figure] as Tested;
    floor = Math.max(floor, result.p);
    tested[figure] = { ...result, p: floor };
    return tested;
  }, results);
}

/** The least r² that counts as a difference; null if even a perfect split does not. */
function criticalShare(greatest: Float64Array, level: number, extra: number): number | null {
  const sorted = greatest.slice().sort().reverse();
  // The number of assignments that may be as large: (count + extra) / (all + extra) stays below the
  // level.
  const count = Math.ceil(level * (sorted.length + extra)) - 1 - extra;
  if (count < 0) return null;
  // An exact test counts the observed assignment and its mirror image among those as large.
  const limit = (sorted[count] ?? 1) + tolerance;
  return limit >= 1 - tolerance ? null : limit;
}

interface Ways {
  readonly directions: readonly Float64Array[];
  readonly exact: boolean;
}

function otherWays(
  ofA: number,
  ofB: number,
  { own, level, random }: TestOptions & { readonly own: Float64Array },
): Ways {
  if (!permutes(ofA, ofB, level))
    return {
      directions: Array.from({ length: drawn }, () => direction(own.map(() => gauss(random)))),
      exact: false,
    };
  if (Math.exp(lnChoose(ofA + ofB, ofB)) > assignmentsMax + 0.5) {
    return { directions: Array.from({ length: drawn }, () => shuffled(own, random)), exact: false };
  }
  return { directions: assignments(ofA + ofB, ofB).map(direction), exact: true };
}

/** Whether there are so many assignments that the rarest is well below the level. */
export function permutes(ofA: number, ofB: number, level: number): boolean {
  const least = (ofA === ofB ? 2 : 1) / Math.exp(lnChoose(ofA + ofB, ofB));
  return 3 * least <= level;
}

/** Every way to choose `chosen` of `all`, as zeros and ones. */
function assignments(all: number, chosen: number): number[][] {
  if (chosen === 0) return [new Array<number>(all).fill(0)];
  if (chosen === all) return [new Array<number>(all).fill(1)];
  return [
    ...assignments(all - 1, chosen - 1).map((rest) => [1, ...rest]),
    ...assignments(all - 1, chosen).map((rest) => [0, ...rest]),
  ];
}

/** Centred, with length one. */
function direction(values: ArrayLike<number>): Float64Array {
  const centred = Float64Array.from(values);
  let total = 0;
  for (let i = 0; i < centred.length; i++) total += centred[i] as number;
  const centre = centred.length === 0 ? 0 : total / centred.length;
  for (let i = 0; i < centred.length; i++) centred[i] = (centred[i] as number) - centre;
  const length = Math.sqrt(dot(centred, centred));
  if (length > 0)
    for (let i = 0; i < centred.length; i++) centred[i] = (centred[i] as number) / length;
  return centred;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += (a[i] as number) * (b[i] as number);
  return total;
}

function shuffled(values: Float64Array, random: () => number): Float64Array {
  const copy = values.slice();
  for (let i = copy.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [copy[i], copy[other]] = [copy[other] as number, copy[i] as number];
  }
  return copy;
}

function gauss(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
