/**
 * Mann–Whitney on windows: whether a window of B tends to be above one of A, whatever their distribution. Windows are alike when they are
 * neighbours or of one run, so the test's variance is widened by as much as that makes them count for less.
 */
import { mean } from "../statistics.ts";

/** One phase: the windows' values of both sides. */
export interface Stratum { readonly a: SidePhase; readonly b: SidePhase }

/**
 * Two-sided p value, 0…1, over one phase or several at once: phases are compared each with itself and what they say is added up, weighted
 * by their size (van Elteren, 1960). `widened` is {@link widening}'s.
 */
export function mannWhitney(strata: readonly Stratum[], widened: number): number {
  let [deviation, variance, windows] = [0, 0, 0];
  for (const { a, b } of strata) {
    const [x, y] = [a.flat(), b.flat()];
    const [m, n] = [x.length, y.length];
    const total = m + n;
    if (m < 3 || n < 3) continue;
    const { rankSum, ties } = ranks(x, y);
    deviation += (rankSum - (m * (m + 1)) / 2 - (m * n) / 2) / (total + 1);
    windows += total - 2;
    variance += ((m * n) / 12) * (total + 1 - ties / (total * (total - 1))) / (total + 1) ** 2;
  }
  if (variance <= 0) return 1;
  // How far the windows vary is itself only estimated from so many independent ones.
  const freedom = Math.max(2, windows / Math.max(1, widened));
  return Math.min(1, 2 * upperTail(normalised(Math.abs(deviation) / Math.sqrt(variance * Math.max(1, widened)), freedom)));
}

/** The sum of the first sample's ranks, tied values sharing theirs, and Σ(t³ − t) over groups of t tied values. */
function ranks(x: readonly number[], y: readonly number[]): { rankSum: number; ties: number } {
  const all = [...x.map((value) => ({ value, first: true })), ...y.map((value) => ({ value, first: false }))].sort((p, q) => p.value - q.value);
  let [rankSum, ties] = [0, 0];
  for (let from = 0; from < all.length;) {
    let until = from + 1;
    while (until < all.length && all[until]?.value === all[from]?.value) until++;
    const shared = (from + 1 + until) / 2;
    for (let i = from; i < until; i++) if (all[i]?.first === true) rankSum += shared;
    ties += (until - from) ** 3 - (until - from);
    from = until;
  }
  return { rankSum, ties };
}

/** Runs of one side in one phase, each a list of its windows' values in the order of time. */
export type SidePhase = readonly (readonly number[])[];

/**
 * How many times fewer independent windows there are than windows: because neighbours are alike, and windows of one run are. Estimated from
 * all phases of both sides together, each run of each phase against its own mean, as a single phase has too few windows for it.
 */
export function widening(groups: readonly SidePhase[]): number {
  const runs = groups.flat().filter((run) => run.length > 1);
  if (runs.length === 0) return 1;
  const length = runs.reduce((sum, run) => sum + run.length, 0) / runs.length;
  // Estimates from short runs fall short by (1 + 3ρ)/n (Marriott and Pope, 1954).
  const neighbours = length <= 3 ? 0.8 : Math.min(0.8, Math.max(0, (autocorrelation(runs) + 1 / length) / (1 - 3 / length)));
  // What a sum of windows of a first-order process varies more than one of independent windows (Bartlett, 1946).
  const byNeighbours = (1 + neighbours) / (1 - neighbours);
  const likeness = likenessWithinRuns(groups, byNeighbours);
  return (1 - likeness) * byNeighbours + length * likeness;
}

/** Lag-1 autocorrelation within runs, each against its own mean. */
function autocorrelation(runs: SidePhase): number {
  let [products, squares] = [0, 0];
  for (const run of runs) {
    const centre = mean(run);
    run.forEach((value, index) => {
      squares += (value - centre) ** 2;
      if (index > 0) products += (value - centre) * ((run[index - 1] as number) - centre);
    });
  }
  return squares === 0 ? 0 : products / squares;
}

/** The part of the variance that is between runs of one side, 0…1, beyond what likeness of neighbours explains; 0 where no side has two runs. */
function likenessWithinRuns(groups: readonly SidePhase[], byNeighbours: number): number {
  let [between, betweenFree, within, withinFree, windows, runs] = [0, 0, 0, 0, 0, 0];
  for (const group of groups) {
    const grand = mean(group.flat());
    for (const run of group) {
      const centre = mean(run);
      between += run.length * (centre - grand) ** 2;
      for (const value of run) within += (value - centre) ** 2;
      withinFree += run.length - 1;
      windows += run.length;
      runs++;
    }
    betweenFree += group.length - 1;
  }
  if (betweenFree <= 0 || withinFree <= 0 || within === 0) return 0;
  const perWindow = within / withinFree;
  const perRun = Math.max(0, (between / betweenFree - byNeighbours * perWindow) / (windows / runs));
  return perRun / (perRun + perWindow);
}

/** A value of Student's t as one of the normal distribution with nearly the same tail (Abramowitz and Stegun 26.7.8). */
function normalised(t: number, freedom: number): number {
  return (t * (1 - 1 / (4 * freedom))) / Math.sqrt(1 + t ** 2 / (2 * freedom));
}

/** P(Z > z) of the standard normal, to 1e-7 (Abramowitz and Stegun 26.2.17). */
export function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}

/**
 * Holm's step-down (1979), with his weights: p values that may be held against one level together, whatever their dependence. What matters more
 * may take a larger part of the one chance of error. Weights are above 0; equal ones give the plain procedure. Same order as given.
 */
export function holm(values: readonly number[], weights: readonly number[] = values.map(() => 1)): number[] {
  const order = values.map((value, index) => ({ value, index, weight: weights[index] ?? 1 })).sort((p, q) => p.value / p.weight - q.value / q.weight);
  const adjusted = new Array<number>(values.length).fill(1);
  let remaining = order.reduce((sum, { weight }) => sum + weight, 0);
  let floor = 0;
  for (const { value, index, weight } of order) {
    floor = Math.max(floor, Math.min(1, (value * remaining) / weight));
    adjusted[index] = floor;
    remaining -= weight;
  }
  return adjusted;
}
