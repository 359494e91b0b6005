/** Finding samples: by metric and tags, and by the moment at which what they measure began. */
import type { Claim, Selector, Tags } from "./experiment.ts";
import type { SeriesData } from "./run.ts";

export interface Window {
  readonly fromMs: number;
  /** Exclusive. */
  readonly untilMs: number;
}

export function carries(tags: Tags, wanted: Tags | undefined): boolean {
  if (wanted === undefined) return true;
  for (const [key, value] of Object.entries(wanted)) if (tags[key] !== value) return false;
  return true;
}

export function matching(all: readonly SeriesData[], selector: Selector): readonly SeriesData[] {
  return all.filter((series) => series.metric === selector.metric && carries(series.tags, selector.where));
}

/** A request belongs to the window in which it began, so a duration counts from its start and anything else from when it was read. */
export function startMs(series: SeriesData, index: number): number {
  const atMs = series.atMs[index] as number;
  return series.kind === "duration" ? atMs - (series.values[index] as number) : atMs;
}

/** Calls back for each sample that began in the window. */
export function eachIn(all: readonly SeriesData[], window: Window, visit: (value: number, startedMs: number, tags: Tags) => void): void {
  for (const series of all) {
    for (let index = 0; index < series.atMs.length; index++) {
      const started = startMs(series, index);
      if (started >= window.fromMs && started < window.untilMs) visit(series.values[index] as number, started, series.tags);
    }
  }
}

export function valuesIn(all: readonly SeriesData[], window: Window): Float64Array {
  const values: number[] = [];
  eachIn(all, window, (value) => values.push(value));
  return Float64Array.from(values);
}

/** Everything that a claim's statistic is made of. */
export function selectorsOf(claim: Claim): readonly Selector[] {
  if (claim.statistic === "ratio") return [claim, claim.per];
  return claim.statistic === "windowsWithout" ? [claim, claim.first] : [claim];
}
