/**
 * Mann–Whitney on windows: whether a window of B tends to be above one of A, whatever their distribution. A window is compared with those at the
 * same moment of other runs. Windows are alike when they are neighbours or of one run, so the test's variance is widened by as much as that makes
 * them count for less.
 */
import { mean } from "../statistics.ts";

/** Runs of one side in one phase, each a list of its windows' values in the order of time; null where nothing was recorded. */
export type SidePhase = readonly (readonly (number | null)[])[];

/** One phase: the windows' values of both sides. */
export interface Stratum { readonly a: SidePhase; readonly b: SidePhase }

/**
 * What a phase does at each of its moments, in every run alike (a fault that begins in its third second, caches that fill), is no noise: each
 * window is told as its excess over the mean of all runs at that moment (aligned ranks; Hodges and Lehmann, 1962).
 */
export function aligned({ a, b }: Stratum): Stratum {
  return { a: excess(a, [a, b]), b: excess(b, [a, b]) };
}

/** Of each window over the mean of all windows at its moment; null where one of the sides has none. */
function excess(side: SidePhase, over: readonly SidePhase[]): (number | null)[][] {
  const length = Math.max(0, ...over.flat().map((run) => run.length));
  const centres = Array.from({ length }, (_, moment) => {
    const values = over.map((one) => one.flatMap((run) => run[moment] ?? []));
    return values.some((one) => one.length === 0) ? null : mean(values.flat());
  });
  return side.map((run) => run.map((value, moment) => {
    const centre = centres[moment] ?? null;
    return value === null || centre === null ? null : value - centre;
  }));
}

/**
 * Two-sided p value, 0…1, over one phase or several at once: phases are ranked each by itself and what they say is added up, weighted by their
 * size (van Elteren, 1960). Under no difference, the windows of one moment could have been of either side, whatever differs from moment to
 * moment. Takes what {@link aligned} gives; `widened` is {@link widening}'s.
 */
export function mannWhitney(strata: readonly Stratum[], widened: number): number {
  let [deviation, variance, windows] = [0, 0, 0];
  for (const stratum of strata) {
    const moments = ranked(stratum);
    const total = moments.reduce((sum, { a, b }) => sum + a.length + b.length, 0);
    if (total < 6) continue;
    for (const { a, b } of moments) {
      const [count, centre] = [a.length + b.length, mean([...a, ...b])];
      const squares = [...a, ...b].reduce((sum, rank) => sum + (rank - centre) ** 2, 0);
      deviation += a.reduce((sum, rank) => sum + rank - centre, 0) / (total + 1);
      variance += ((a.length * b.length) / (count * (count - 1))) * squares / (total + 1) ** 2;
      windows += count - 1;
    }
  }
  if (variance <= 0) return 1;
  // How far the windows vary is itself only estimated from so many independent ones.
  const freedom = Math.max(2, windows / Math.max(1, widened));
  return Math.min(1, 2 * upperTail(normalised(Math.abs(deviation) / Math.sqrt(variance * Math.max(1, widened)), freedom)));
}

/** The ranks of both sides' windows at each moment that both have, among all windows of the phase. */
function ranked({ a, b }: Stratum): { a: number[]; b: number[] }[] {
  const rankOf = ranks([...a, ...b].flat().filter((value) => value !== null));
  const length = Math.max(0, ...[...a, ...b].map((run) => run.length));
  const at = (side: SidePhase, moment: number): number[] => side.flatMap((run) => (run[moment] == null ? [] : rankOf(run[moment])));
  return Array.from({ length }, (_, moment) => ({ a: at(a, moment), b: at(b, moment) })).filter((moment) => moment.a.length > 0 && moment.b.length > 0);
}

/** Tied values share theirs. */
function ranks(values: readonly number[]): (value: number) => number {
  const sorted = Float64Array.from(values).sort();
  const shared = new Map<number, number>();
  for (let from = 0; from < sorted.length;) {
    let until = from + 1;
    while (until < sorted.length && sorted[until] === sorted[from]) until++;
    shared.set(sorted[from] as number, (from + 1 + until) / 2);
    from = until;
  }
  return (value) => shared.get(value) ?? 0;
}

/** What is left of a side's windows when the course that its runs share is taken away, and how much of the variance that leaves. */
interface Residue { readonly runs: readonly (readonly number[])[]; readonly kept: number }

/** A side of several runs shows by itself what is noise, whatever the other side does otherwise; where neither has several, all that differs may be. */
function residues({ a, b }: Stratum): Residue[] {
  const several = [a, b].filter((side) => side.length > 1);
  const of = several.length > 0 ? several.map((side) => ({ runs: excess(side, [side]), kept: 1 - 1 / side.length })) : [a, b].map((side) => ({ runs: excess(side, [a, b]), kept: 1 / 2 }));
  return of.map(({ runs, kept }) => ({ runs: runs.map((run) => run.filter((value) => value !== null)).filter((run) => run.length > 0), kept }));
}

/**
 * How many times fewer independent windows there are than windows: because neighbours are alike, and windows of one run are. Estimated from
 * all phases of both sides together, each run of each phase against its own mean, as a single phase has too few windows for it.
 */
export function widening(strata: readonly Stratum[]): number {
  const groups = strata.flatMap(residues).filter(({ runs }) => runs.length > 0);
  const runs = groups.flatMap((group) => group.runs).filter((run) => run.length > 1);
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
function autocorrelation(runs: readonly (readonly number[])[]): number {
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
function likenessWithinRuns(groups: readonly Residue[], byNeighbours: number): number {
  let [between, betweenFree, within, withinFree, windows, count] = [0, 0, 0, 0, 0, 0];
  for (const { runs, kept } of groups) {
    const grand = mean(runs.flat());
    for (const run of runs) {
      const centre = mean(run);
      between += run.length * (centre - grand) ** 2;
      for (const value of run) within += (value - centre) ** 2 / kept;
      withinFree += run.length - 1;
      windows += run.length;
      count++;
    }
    betweenFree += runs.length - 1;
  }
  if (betweenFree <= 0 || withinFree <= 0 || within === 0) return 0;
  const perWindow = within / withinFree;
  const perRun = Math.max(0, (between / betweenFree - byNeighbours * perWindow) / (windows / count));
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
