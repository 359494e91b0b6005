/**
 * Compares runs of one experiment before and after a change. A difference must be larger than a
 * floor, its confidence interval must exclude zero, and a corrected whole-run test must confirm it.
 * Everything else is "no difference shown", which is not the same as "equal".
 */
import { pooled, type RunStrata } from "./windowed.ts";
import { type Phase, phases } from "../base/phases.ts";
import { prng } from "../base/prng.ts";
import type { Run } from "../record/run.ts";
import { mean } from "../base/statistics.ts";
import { differenceInterval, differenceOf, type Interval } from "./bootstrap.ts";
import { claimShares, countsCanTell } from "./claims-changed.ts";
import { assumedSpread, enoughRuns, runsToShow } from "./enough-runs.ts";
import { type Quantity, quantitiesOf } from "./quantities.ts";
import {
  figureOf,
  holdsAnything,
  inFixedOrder,
  type WindowReader,
  windowReader,
} from "./run-figures.ts";
import { testRuns } from "./whole-runs.ts";

export interface Change {
  readonly quantity: Quantity;
  readonly phase: Phase | "all";
  readonly a: number;
  readonly b: number;
  /**
   * B relative to A: a fraction of A, or percentage points / 100. Null if a side has too few
   * windows.
   */
  readonly interval: Interval | null;
  /** Corrected for multiple comparisons; 1 if the sides have too few runs for any test. */
  readonly p: number;
  readonly windows: readonly [number, number];
  /**
   * The smallest difference that these runs can detect: a fraction of A, or percentage points /
   * 100. Null if they can detect none.
   */
  readonly smallest: number | null;
  /**
   * Set if the sides have too few runs for a test and the figures suggest a difference: a reason
   * for more runs only. `runsASide`: the number of runs that would show a difference of this size;
   * null above 30.
   */
  readonly suspected: { readonly runsASide: number | null } | null;
  /**
   * `worse`, `better` and `different` (neither good nor bad) are differences. `alike`: the interval
   * lies within the floor, so any difference is irrelevant. `unclear`: a difference is neither
   * shown nor excluded.
   */
  readonly outcome: "worse" | "better" | "different" | "alike" | "unclear";
}

export interface CompareOptions {
  /** Family-wise error rate: the chance to call any figure of equal runs different; 0.05. */
  readonly alpha: number;
  readonly confidence: number;
  readonly seed: number;
  /**
   * `decisive` omits intervals for figures in which the test found nothing. The differences are the
   * same, in less time.
   */
  readonly intervals: "all" | "decisive";
}

export const defaults: CompareOptions = {
  alpha: 0.05,
  confidence: 0.95,
  seed: 1,
  intervals: "all",
};

/** Resamples for figures that differ, and for the others. */
const rounds = { shown: 1_000, beside: 250 };

/** A side with fewer windows is not compared. */
const windowsMin = 4;

type Group = "wholeRun" | "phases" | "inside" | "resources";

/**
 * Alpha budget, fixed in advance: most goes to user-facing metrics and whole-run comparisons, where
 * a change shows first. Resource usage takes nothing of that. The rest is for claims
 * (`claims-changed.ts`).
 */
const shares: Readonly<Record<Group, number>> = {
  wholeRun: 0.4,
  phases: 0.1,
  inside: 0.1,
  resources: 0.1,
};
const figuresShare = 1 - claimShares.counts - claimShares.values;

function groupOf({ quantity: { family }, phase }: Pick<Sampled, "quantity" | "phase">): Group {
  if (family !== "felt") return family;
  return phase === "all" ? "wholeRun" : "phases";
}

export function compareRuns(
  a: readonly Run[],
  b: readonly Run[],
  options: CompareOptions = defaults,
): Change[] {
  return compareSides(a, [b], options)[0] ?? [];
}

/**
 * Compares each other side with the first. All are corrected together, because five comparisons
 * find a chance difference sooner than one.
 */
export function compareSides(
  a: readonly Run[],
  others: readonly (readonly Run[])[],
  options: CompareOptions = defaults,
): Change[][] {
  return others.map((b) => changesOf({ a, b }, others.length, options));
}

interface Sides {
  readonly a: readonly Run[];
  readonly b: readonly Run[];
}

function changesOf(sides: Sides, comparisons: number, options: CompareOptions): Change[] {
  const runs = inFixedOrder(sides);
  const read = windowReader();
  const members = quantitiesOf(runs.map(({ run }) => run)).flatMap((quantity) =>
    sampled(quantity, runs, read),
  );
  const groups = [...Map.groupBy(members, groupOf)];
  const present = groups.reduce((sum, [group]) => sum + shares[group], 0);
  // Three runs a side show nothing by counts of claims. Users' figures take that part, except
  // beside a side of one or two runs, whose error rate was measured without it.
  const { alpha } = options;
  const [ofA, ofB] = [sides.a.length, sides.b.length];
  const unused =
    Math.min(ofA, ofB) < 3 || countsCanTell(ofA, ofB, alpha / comparisons) ? 0 : claimShares.counts;
  const tests = new Map<Sampled, Test>();
  for (const [group, all] of groups) {
    for (const batch of Map.groupBy(all, ({ inB }) => inB.map(Number).join("")).values()) {
      const ofGroup =
        (figuresShare * shares[group]) / present + (group === "wholeRun" ? unused : 0);
      const share = (ofGroup * batch.length) / (all.length * comparisons);
      for (const [index, test] of testBatch(batch, share, options).entries())
        tests.set(batch[index] as Sampled, test);
    }
  }
  return members.map((member) => judged(member, tests.get(member) as Test, options));
}

/** One quantity in one phase, or in all: the windows of each run, by phase. */
interface Sampled {
  readonly quantity: Quantity;
  readonly phase: Phase | "all";
  /** In a fixed order that does not depend on the sides; runs without a sample are omitted. */
  readonly runs: readonly RunStrata[];
  readonly inB: readonly boolean[];
}

interface Test {
  readonly p: number;
  readonly excess: number;
  readonly smallest: number | null;
  readonly suspected: boolean;
  readonly enough: boolean;
  readonly runsASide: () => number | null;
}

/** `share`: the batch's part of the error rate. */
function testBatch(
  batch: readonly Sampled[],
  share: number,
  { alpha, seed }: CompareOptions,
): Test[] {
  const inB = batch[0]?.inB ?? [];
  const [ofA, ofB] = [inB.filter((is) => !is).length, inB.filter(Boolean).length];
  const enough = enoughRuns(ofA, ofB, alpha);
  const figures = batch.map(({ quantity, runs }) => figureOf(runs, quantity));
  const tested = testRuns(figures, inB, { level: alpha * share, random: prng(seed) });
  return tested.map(({ p, excess, smallest }, index) => {
    const corrected = Math.min(1, p / share);
    const { relative, values, spreadMin } = figures[index] as (typeof figures)[number];
    const runsASide = (): number | null =>
      runsToShow(excess, {
        spread: Math.max(spreadMin, spreadOf(values, inB)),
        level: alpha * share,
        figures: batch.length,
      });
    return {
      p: enough ? corrected : 1,
      excess,
      smallest: enough && smallest !== null ? relative(smallest) : null,
      suspected: !enough && corrected < alpha,
      enough,
      runsASide,
    };
  });
}

/** Spread within the sides; an assumed value if each has one run. */
function spreadOf(values: readonly number[], inB: readonly boolean[]): number {
  if (inB.length < 3) return assumedSpread;
  const centreOf = (side: boolean): number =>
    mean(values.filter((_, index) => inB[index] === side));
  const centres = [centreOf(false), centreOf(true)] as const;
  const squares = values.reduce(
    (sum, value, index) => sum + (value - centres[inB[index] === true ? 1 : 0]) ** 2,
    0,
  );
  return Math.sqrt(squares / (inB.length - 2));
}

type Placed = ReturnType<typeof inFixedOrder>;

/**
 * Each phase that both sides have, and all of them together. Resource usage is compared over whole
 * runs only.
 */
function sampled(quantity: Quantity, runs: Placed, read: WindowReader): Sampled[] {
  const of = (name: Sampled["phase"], wanted: readonly Phase[]): Sampled[] => {
    const all = runs.map(({ run, inB }) => ({
      inB,
      strata: wanted.map((phase) => read(run, quantity, phase)),
    }));
    const kept = all.filter(({ strata }) => strata.every(holdsAnything));
    if (!kept.some(({ inB }) => inB) || kept.every(({ inB }) => inB)) return [];
    return [
      {
        quantity,
        phase: name,
        runs: kept.map(({ strata }) => strata),
        inB: kept.map(({ inB }) => inB),
      },
    ];
  };
  const single = phases.flatMap((phase) => of(phase, [phase]));
  if (single.length < 2) return single;
  const whole = of(
    "all",
    single.map(({ phase }) => phase as Phase),
  );
  return quantity.family === "resources" && whole.length > 0 ? whole : [...single, ...whole];
}

function judged(
  { quantity, phase, runs, inB }: Sampled,
  test: Test,
  options: CompareOptions,
): Change {
  const { measure, floor, floorAbsolute, scale, better } = quantity;
  const sides = {
    a: runs.filter((_, index) => inB[index] !== true),
    b: runs.filter((_, index) => inB[index] === true),
    firstIsB: inB[0] === true,
  };
  const [a, b] = [sides.a, sides.b].map((side) => pooled(side.flat(2), measure) ?? 0) as [
    number,
    number,
  ];
  const effect = differenceOf(scale)(a, b);
  const filled = (side: readonly RunStrata[]): number =>
    side.flat(2).filter(({ count }) => count > 0).length;
  const windows = [filled(sides.a), filled(sides.b)] as const;
  // The larger relative to the smaller, so that the result does not depend on the baseline.
  const large =
    (scale === "points" ? Math.abs(effect) : Math.max(effect, differenceOf(scale)(b, a))) >=
      floor && Math.abs(b - a) >= floorAbsolute;
  const matters = large && Math.sign(test.excess) === Math.sign(b - a);
  const shown = test.p < options.alpha && matters;
  const needsInterval =
    Math.min(...windows) >= windowsMin && (shown || options.intervals === "all");
  const interval = needsInterval
    ? differenceInterval(sides, {
        measure,
        confidence: options.confidence,
        rounds: shown ? rounds.shown : rounds.beside,
        seed: options.seed,
        scale,
      })
    : null;
  // A detectable difference below the floor is reported as the floor.
  const least = scale === "points" ? floor : Math.max(floor, a > 0 ? floorAbsolute / a : floor);
  const smallest = test.smallest === null ? null : Math.max(least, test.smallest);
  const suspicious =
    !test.enough && matters && (test.suspected || (runs.length < 4 && looksLarge(interval, scale)));
  const change = {
    quantity,
    phase,
    a,
    b,
    p: test.p,
    windows,
    interval,
    smallest,
    suspected: suspicious ? { runsASide: test.runsASide() } : null,
  };
  if (interval === null) return { ...change, outcome: "unclear" };
  if (shown && (interval.low > 0 || interval.high < 0)) {
    return {
      ...change,
      outcome:
        better === null ? "different" : effect > 0 === (better === "higher") ? "better" : "worse",
    };
  }
  const within = Math.max(Math.abs(interval.low), Math.abs(interval.high));
  return {
    ...change,
    outcome:
      test.enough && (within < floor || (scale === "relative" && within * a < floorAbsolute))
        ? "alike"
        : "unclear",
  };
}

/** Runs of one target with a spread of 15 % seldom differ by another half of that. */
function looksLarge(interval: Interval | null, scale: Quantity["scale"]): boolean {
  if (interval === null) return false;
  return scale === "points"
    ? interval.low > 0.05 || interval.high < -0.05
    : interval.low > 0.5 || interval.high < 1 / 1.5 - 1;
}
