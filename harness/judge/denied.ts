/**
 * What was taken of the machine from outside: by the hypervisor whose guest it is, or by a quota.
 */
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { matching, valuesIn, type Window } from "../metrics/series.ts";
import { sum } from "../base/statistics.ts";

/**
 * Where more than this of the machine's processor time was taken from outside, nothing that was
 * timed on it is what it seems.
 */
export const deniedShareMax = 0.2;

/** Of a window, as a share of all cores: 0…1. */
export function deniedShareIn(run: Run, window: Window): number {
  return shareOfMachine(run, sum(valuesIn(deniedSeries(run), window)), window) ?? 0;
}

/**
 * Made once for a run and asked for many windows: the share of the readings that a window touches.
 * Each speaks of the time since the one before, as a moment may be shorter than what lies between
 * two.
 */
export function deniedShareAround(run: Run): (window: Window) => number {
  const [all, cores] = [deniedSeries(run), coresOf(run)];
  return (window) =>
    cores === null ? 0 : sum(all.map((series) => perSecondAround(series, window))) / cores;
}

function perSecondAround({ atMs, values }: SeriesData, { fromMs, untilMs }: Window): number {
  let seconds = 0,
    coveredMs = 0;
  for (let index = Math.max(1, firstAfter(atMs, fromMs)); index < atMs.length; index++) {
    const [sinceMs, readMs] = [atMs[index - 1] as number, atMs[index] as number];
    if (sinceMs >= untilMs) break;
    seconds += values[index] as number;
    coveredMs += readMs - sinceMs;
  }
  return coveredMs === 0 ? 0 : seconds / (coveredMs / 1000);
}

/** Index of the first reading after a moment. Readings are in the order of time. */
function firstAfter(atMs: Float64Array, momentMs: number): number {
  let low = 0,
    high = atMs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((atMs[middle] as number) <= momentMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What processor seconds spent in a window are of all that the machine had in it; null where the
 * record does not say how many cores that were.
 */
export function shareOfMachine(run: Run, seconds: number, window: Window): number | null {
  const cores = coresOf(run);
  return cores === null ? null : seconds / ((window.untilMs - window.fromMs) / 1000) / cores;
}

function deniedSeries(run: Run): readonly SeriesData[] {
  return matching(run.series, { metric: "cpu_denied_seconds" });
}

export function coresOf(run: Run): number | null {
  const started = run.events.find((event) => event.kind === "started");
  return started?.kind === "started" ? started.machine.cores : null;
}
