/**
 * Processor time that was taken from outside: by the hypervisor (steal), or by a quota
 * (throttling).
 */
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { matching, valuesIn, type Window } from "../metrics/series.ts";
import { sum } from "../base/statistics.ts";

/**
 * If more than this fraction of processor time was taken from outside, no measured time is trusted.
 */
export const deniedShareMax = 0.2;

/** In a window, as a fraction of all cores: 0…1. */
export function deniedShareIn(run: Run, window: Window): number {
  return shareOfMachine(run, sum(valuesIn(deniedSeries(run), window)), window) ?? 0;
}

/**
 * Built once per run and used for many windows: the denied share of the readings that overlap a
 * window. A reading covers the time since the previous one, so even a window shorter than the
 * interval overlaps one.
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

/** Index of the first reading after a moment. Readings are in chronological order. */
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
 * Processor seconds in a window as a fraction of the machine's capacity; null if the record lacks
 * the number of cores.
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
