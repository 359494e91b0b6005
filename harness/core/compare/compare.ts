/**
 * Compares runs of one experiment before and after a change. A difference is called one only when it is larger than a floor, when its
 * confidence interval excludes zero, and when a test that allows for the likeness of neighbours still says so after correction for the
 * number of comparisons. Everything else is "no difference shown", which is not the same as "the same".
 */
import { type Phase, phases } from "../experiment.ts";
import { windowsOf } from "../judge/windows.ts";
import { prng } from "../prng.ts";
import type { Run } from "../run.ts";
import { differenceInterval, differenceOf, type Interval, type RunStrata } from "./bootstrap.ts";
import { aligned, holm, mannWhitney, type SidePhase, type Stratum, widening } from "./mann-whitney.ts";
import { type Quantity, quantitiesOf, windowsOfQuantity } from "./quantities.ts";
import { pooled } from "./windowed.ts";

export interface Change {
  readonly quantity: Quantity;
  readonly phase: Phase | "all";
  readonly a: number;
  readonly b: number;
  /** Of B against A: a fraction of A, or percentage points / 100. Null when a side has too few windows. */
  readonly interval: Interval | null;
  /** After correction for the number of comparisons. */
  readonly p: number;
  readonly windows: readonly [number, number];
  /**
   * `worse`, `better` and `different` (neither good nor bad) are differences. `alike`: the interval lies within the floor, so whatever
   * difference there is does not matter. `unclear`: none was shown, and none excluded.
   */
  readonly outcome: "worse" | "better" | "different" | "alike" | "unclear";
}

export interface CompareOptions {
  /** Chance of calling anything of runs of the same thing different, over all that is compared; 0.05. */
  readonly alpha: number;
  readonly confidence: number;
  readonly seed: number;
  /** `decisive` spares the intervals of what the test has found nothing in: the same differences, sooner. */
  readonly intervals: "all" | "decisive";
}

export const defaults: CompareOptions = { alpha: 0.05, confidence: 0.95, seed: 1, intervals: "all" };

/** For what is a difference, and for what only has to be shown beside it. */
const rounds = { shown: 1_000, beside: 250 };

/** Fewer windows on a side say nothing. */
const windowsMin = 4;

export function compareRuns(a: readonly Run[], b: readonly Run[], options: CompareOptions = defaults): Change[] {
  return compareSides(a, [b], options)[0] ?? [];
}

/** Each of the other sides against the first. All are corrected together: whoever compares five things with one finds a difference sooner. */
export function compareSides(a: readonly Run[], others: readonly (readonly Run[])[], options: CompareOptions = defaults): Change[][] {
  const random = prng(options.seed);
  const all = others.flatMap((b, other) => quantitiesOf([...a, ...b]).flatMap((quantity) => sampled(quantity, a, b).map((sample) => ({ ...sample, other }))));
  const changes = others.map((): Change[] => []);
  const adjusted = holm(all.map(({ strata, widened }) => mannWhitney(strata.map(aligned), widened)), weightsOf(all));
  for (const [index, member] of all.entries()) changes[member.other]?.push(judged(member, adjusted[index] as number, options, random));
  return changes;
}

/**
 * Parts of the one chance of error, fixed beforehand: most goes to what is felt, and to whole runs, where a change of everything shows soonest.
 * Within a group all are alike.
 */
const shares: Readonly<Record<Quantity["family"], { readonly all: number; readonly phase: number }>> = {
  felt: { all: 0.4, phase: 0.2 }, inside: { all: 0.15, phase: 0.1 }, resources: { all: 0.1, phase: 0.05 },
};

function weightsOf(members: readonly Pick<Sampled, "quantity" | "phase">[]): number[] {
  const groupOf = ({ quantity, phase }: Pick<Sampled, "quantity" | "phase">): string => `${quantity.family} ${phase === "all" ? "all" : "phase"}`;
  const sizes = Map.groupBy(members, groupOf);
  return members.map((member) => shares[member.quantity.family][member.phase === "all" ? "all" : "phase"] / (sizes.get(groupOf(member))?.length ?? 1));
}

/** Both sides of one quantity in one phase, or in all: the windows of each run, phase by phase. */
interface Sampled {
  readonly quantity: Quantity;
  readonly phase: Phase | "all";
  readonly sides: readonly [RunStrata[], RunStrata[]];
  readonly strata: readonly Stratum[];
  readonly widened: number;
}

/** Each phase that both sides have, and all of them together, where a change of everything shows soonest. */
function sampled(quantity: Quantity, a: readonly Run[], b: readonly Run[]): Sampled[] {
  const both = (of: (runs: readonly Run[]) => RunStrata[]): readonly [RunStrata[], RunStrata[]] => [of(a), of(b)];
  const each = phases.flatMap((phase) => {
    const sides = both((runs) => runs.map((run) => [windowsIn(run, quantity, phase)]).filter((strata) => strata.every(holdsAnything)));
    return sides.some((side) => side.length === 0) ? [] : [{ phase, sides, stratum: { a: valuesOf(sides[0], quantity), b: valuesOf(sides[1], quantity) } }];
  });
  const widened = widening(each.map(({ stratum }) => stratum));
  const single = each.map(({ phase, sides, stratum }) => ({ quantity, phase, sides, strata: [stratum], widened }));
  if (each.length < 2) return single;
  const seen = each.map(({ phase }) => phase);
  const whole = both((runs) => runs.map((run) => seen.map((phase) => windowsIn(run, quantity, phase))).filter((strata) => strata.every(holdsAnything)));
  if (whole.some((side) => side.length === 0)) return single;
  return [...single, { quantity, phase: "all", sides: whole, strata: each.map(({ stratum }) => stratum), widened }];
}

/** Latencies as logarithms: what makes them slower makes the slow moments slower by more. */
function valuesOf(side: readonly RunStrata[], { measure }: Quantity): SidePhase {
  const scaled = (value: number | null): number | null => (value === null || measure.kind !== "quantile" ? value : Math.log(value));
  return side.map((run) => run.flat().map((window) => scaled(pooled([window], measure))));
}

function holdsAnything(windows: RunStrata[number]): boolean {
  return windows.some(({ count }) => count > 0);
}

function windowsIn(run: Run, quantity: Quantity, phase: Phase): RunStrata[number] {
  const window = windowsOf(run.events)[phase];
  // One segment: viewers come in bunches, one for each.
  return window === undefined ? [] : windowsOfQuantity(run, quantity, window, run.plan.stream.segmentMs);
}

function judged({ quantity, phase, sides }: Sampled, p: number, options: CompareOptions, random: () => number): Change {
  const { measure, floor, floorAbsolute, scale, better } = quantity;
  const [a, b] = sides.map((side) => pooled(side.flat(2), measure) ?? 0) as [number, number];
  const effect = differenceOf(scale)(a, b);
  const filled = (side: readonly RunStrata[]): number => side.flat(2).filter(({ count }) => count > 0).length;
  const windows = [filled(sides[0]), filled(sides[1])] as const;
  const shown = p < options.alpha && Math.abs(effect) >= floor && Math.abs(b - a) >= floorAbsolute;
  const told = Math.min(...windows) >= windowsMin && (shown || options.intervals === "all");
  const interval = told ? differenceInterval(sides[0], sides[1], { measure, confidence: options.confidence, rounds: shown ? rounds.shown : rounds.beside, random, scale }) : null;
  const change = { quantity, phase, a, b, p, windows, interval };
  if (interval === null) return { ...change, outcome: "unclear" };
  if (shown && (interval.low > 0 || interval.high < 0)) {
    return { ...change, outcome: better === null ? "different" : (effect > 0) === (better === "higher") ? "better" : "worse" };
  }
  const within = Math.max(Math.abs(interval.low), Math.abs(interval.high));
  return { ...change, outcome: within < floor || (scale === "relative" && within * a < floorAbsolute) ? "alike" : "unclear" };
}
