/**
 * Confidence intervals for a difference, by resampling blocks of consecutive windows: neighbours in time are alike, and drawing them one by
 * one would make every interval too narrow (circular block bootstrap; Politis and Romano, 1992).
 */
import { pooled, type Measure, type RunWindows, type WindowSum } from "./windowed.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface DifferenceOptions {
  readonly measure: Measure;
  /** How B differs from A: relative to A, or by how much. */
  readonly difference: (a: number, b: number) => number;
  /** 0.95 for a 95 % interval. */
  readonly confidence: number;
  /** How often windows are drawn anew: with 1 000 the ends of a 95 % interval are stable to a tenth of its width. */
  readonly rounds: number;
  readonly random: () => number;
}

/** Null when a side has no samples. */
export function differenceInterval(a: readonly RunWindows[], b: readonly RunWindows[], { measure, difference, confidence, rounds, random }: DifferenceOptions): Interval | null {
  const differences: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [of, to] = [pooled(resampled(a, random), measure), pooled(resampled(b, random), measure)];
    if (of !== null && to !== null) differences.push(difference(of, to));
  }
  if (differences.length < rounds / 2) return null;
  const sorted = Float64Array.from(differences).sort();
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(q * (sorted.length - 1))))] as number;
  return { low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) };
}

/** Runs are drawn first, where there are several, so that what differs from run to run is in the interval as well. */
function resampled(runs: readonly RunWindows[], random: () => number): WindowSum[] {
  return runs.flatMap((_run, index) => {
    const run = runs.length === 1 ? runs[index] : runs[Math.floor(random() * runs.length)];
    return run === undefined ? [] : blocks(run, random);
  });
}

/** As many windows as there were, in blocks that begin anywhere and go on at the start when the end is reached. */
function blocks(windows: RunWindows, random: () => number): WindowSum[] {
  const drawn: WindowSum[] = [];
  const length = blockLength(windows.length);
  while (drawn.length < windows.length) {
    const from = Math.floor(random() * windows.length);
    for (let i = 0; i < length && drawn.length < windows.length; i++) drawn.push(windows[(from + i) % windows.length] as WindowSum);
  }
  return drawn;
}

/** Grows with the cube root of the number of windows (Künsch, 1989), and is at least two where there are two. */
export function blockLength(windows: number): number {
  return Math.min(windows, Math.max(2, Math.round(1.5 * Math.cbrt(windows))));
}
