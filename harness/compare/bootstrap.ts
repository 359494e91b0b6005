/**
 * Confidence intervals for a difference, by two-step resampling: first runs, if there are several,
 * then blocks of consecutive windows. This is the circular block bootstrap (Politis and Romano,
 * 1992). Neighbouring windows are alike, and so are the windows of one run. Drawing windows one by
 * one would make every interval too narrow. All runs of both sides use the same drawn moments. An
 * effect that a moment has on every run is therefore not part of the difference.
 */
import { type Measure, pooled, type RunStrata, type WindowSum } from "./windowed.ts";
import { prng } from "../base/prng.ts";
import { mean } from "../base/statistics.ts";
import { scaled } from "./run-figures.ts";
import { studentQuantile } from "./student.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface DifferenceOptions {
  readonly measure: Measure;
  /** `relative`: B's excess as a fraction of A; `points`: B minus A. */
  readonly scale: "relative" | "points";
  /** 0.95 for a 95 % interval. */
  readonly confidence: number;
  /**
   * Number of resamples. With 1 000, the ends of a 95 % interval are stable to a tenth of its
   * width.
   */
  readonly rounds: number;
  readonly seed: number;
}

export interface DifferenceSides {
  readonly a: readonly RunStrata[];
  readonly b: readonly RunStrata[];
  /** Whether B draws first, so that the draws do not depend on which side is called A. */
  readonly firstIsB: boolean;
}

export function differenceOf(scale: "relative" | "points"): (a: number, b: number) => number {
  return scale === "points"
    ? (a, b) => b - a
    : (a, b) => (a === 0 ? (b === 0 ? 0 : Number.POSITIVE_INFINITY) : b / a - 1);
}

/** Null if a side has no samples. */
export function differenceInterval(
  sides: DifferenceSides,
  options: DifferenceOptions,
): Interval | null {
  const { a, b, firstIsB } = sides;
  const { measure, scale, confidence, rounds, seed } = options;
  const difference = differenceOf(scale);
  const differences: number[] = [];
  const phaseLengths = lengthsOf([...a, ...b]);
  const [shared, first, second] = [prng(seed), prng(seed + 1), prng(seed + 2)];
  const [ofA, ofB] = firstIsB ? [second, first] : [first, second];
  for (let round = 0; round < rounds; round++) {
    const moments = phaseLengths.map((length) => drawnMoments(length, shared));
    const [of, to] = [
      pooled(resampled(a, moments, ofA), measure),
      pooled(resampled(b, moments, ofB), measure),
    ];
    if (of !== null && to !== null) differences.push(difference(of, to));
  }
  if (differences.length < rounds / 2) return null;
  const sorted = Float64Array.from(differences).sort();
  const at = (q: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(q * (sorted.length - 1))))] as number;
  return widened({ low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) }, sides, options);
}

/** The number of windows of the longest run, per phase. */
function lengthsOf(runs: readonly RunStrata[]): number[] {
  const phases = Math.max(0, ...runs.map((run) => run.length));
  return Array.from({ length: phases }, (_, phase) =>
    Math.max(0, ...runs.map((run) => run[phase]?.length ?? 0)),
  );
}

function resampled(
  runs: readonly RunStrata[],
  moments: readonly (readonly number[])[],
  random: () => number,
): WindowSum[] {
  const drawn: WindowSum[] = [];
  for (const one of runs) {
    const run = runs.length === 1 ? one : (runs[Math.floor(random() * runs.length)] as RunStrata);
    for (let phase = 0; phase < run.length; phase++) {
      for (const moment of moments[phase] ?? []) {
        const window = run[phase]?.[moment];
        if (window !== undefined) drawn.push(window);
      }
    }
  }
  return drawn;
}

/** As many as there were, in blocks with random starts that wrap around at the end. */
function drawnMoments(count: number, random: () => number): number[] {
  const drawn: number[] = [];
  const length = blockLength(count);
  while (drawn.length < count) {
    const from = Math.floor(random() * count);
    for (let i = 0; i < length && drawn.length < count; i++) drawn.push((from + i) % count);
  }
  return drawn;
}

/**
 * Grows with the cube root of the number of windows (Künsch, 1989), and is at least 2 if there are
 * 2.
 */
export function blockLength(windows: number): number {
  return Math.min(windows, Math.max(2, Math.round(1.5 * Math.cbrt(windows))));
}

/**
 * Resamples of three runs vary less than three new runs would, so the bootstrap is overconfident if
 * runs differ much. The interval is therefore at least as wide as Student's t over the figures of
 * the runs. A side with one run is assumed to vary like the other.
 */
function widened(
  { low, high }: Interval,
  { a, b }: DifferenceSides,
  { measure, scale, confidence }: DifferenceOptions,
): Interval {
  const freedom = a.length + b.length - 2;
  if (freedom < 1) return { low, high };
  const raw = [...a, ...b].map((run) => pooled(run.flat(), measure) ?? 0);
  const ratios = scale === "relative" && raw.every((value) => value > 0);
  const values = ratios ? scaled(raw).values : raw;
  const squares = (side: readonly number[]): number =>
    side.reduce((sum, value) => sum + (value - mean(side)) ** 2, 0);
  const perRun = (squares(values.slice(0, a.length)) + squares(values.slice(a.length))) / freedom;
  const half =
    studentQuantile((1 + confidence) / 2, freedom) *
    Math.sqrt(perRun * (1 / a.length + 1 / b.length));
  const [of, to] = [pooled(a.flat(2), measure) ?? 0, pooled(b.flat(2), measure) ?? 0];
  if (ratios)
    return {
      low: Math.min(low, (to / of) * Math.exp(-half) - 1),
      high: Math.max(high, (to / of) * Math.exp(half) - 1),
    };
  // A ratio of a value that may be 0 has no such interval.
  return scale === "relative"
    ? { low, high }
    : { low: Math.min(low, to - of - half), high: Math.max(high, to - of + half) };
}
