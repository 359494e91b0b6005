/**
 * The test: one number per figure and run, because what a run has of its own it has in all its
 * phases and in all its figures. The runs, and not their windows, are what could have come out
 * otherwise.
 *
 * All figures of a family are tested at once. The statistic of a figure is how well "this run is of
 * B" explains its numbers (r², which rises with Student's t). It is held against the greatest r² of
 * the whole family for other ways to tell the runs apart (maxT, step-down; Westfall and Young,
 * 1993), so figures that move together cost one figure's share of the error and not one each.
 *
 * The other ways are, where the sides have enough runs, all assignments of the runs to the sides:
 * exact, whatever the runs are distributed like. Where they have too few for that, they are
 * directions in the space of runs drawn at random (rotation test; Langsrud, Statistics and
 * Computing 15, 2005): exact where runs differ from one another like a normal distribution does,
 * here in their logarithms.
 */
import { mean } from "../base/statistics.ts";
import { lnChoose } from "./fisher.ts";

/** One figure, in the order of the runs. */
export interface RunFigure {
  /** Logarithms of what is compared as a ratio. */
  readonly values: readonly number[];
  /** Runs differ by this much (standard deviation) at least, however alike they happen to be. */
  readonly spreadMin: number;
}

export interface Tested {
  /** For the whole family, 0 to 1. */
  readonly p: number;
  /** Mean of B's runs less that of A's. */
  readonly excess: number;
  /** The smallest excess that would have been called one; null: none would. */
  readonly smallest: number | null;
}

export interface TestOptions {
  /** Chance of calling any figure of the family different where nothing differs. */
  readonly level: number;
  readonly random: () => number;
}

/** Beyond so many assignments a sample is drawn of them. */
const assignmentsMax = 2_000;
const drawn = 1_999;
const tolerance = 1e-9;

/** `inB`: which of the runs are of B. Both sides have a run at least. */
export function testRuns(
  figures: readonly RunFigure[],
  inB: readonly boolean[],
  { level, random }: TestOptions,
): Tested[] {
  const freedom = inB.length - 2;
  // Told from the first run's side, so that the same is computed whichever side is called A.
  const sign = inB[0] === true ? -1 : 1;
  const own = direction(inB.map((is) => Number(is !== inB[0])));
  const [ofB, ofA] = [inB.filter(Boolean).length, inB.filter((is) => !is).length];
  const widthOfMean = 1 / ofA + 1 / ofB;
  const measured = figures.map(({ values, spreadMin }) => {
    const numbers = Float64Array.from(values);
    const centre = mean(values);
    const centred = numbers.map((value) => value - centre);
    const squares = dot(centred, centred);
    // What is left of rounding is no difference between runs.
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
  // A drawn sample stands beside the assignment that was observed, which is one of them.
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

/** The r² that is just called a difference; null when even a perfect split is not. */
function criticalShare(greatest: Float64Array, level: number, extra: number): number | null {
  const sorted = greatest.slice().sort().reverse();
  // So many of the others may be as large: (count + extra) / (all + extra) stays below the level.
  const count = Math.ceil(level * (sorted.length + extra)) - 1 - extra;
  if (count < 0) return null;
  // An exact test counts the observed assignment, and its mirror image, among those as large.
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

/**
 * Whether the assignments of runs to sides are so many that the rarest of them is well below the
 * level.
 */
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

/** Centred, and of length one. */
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
