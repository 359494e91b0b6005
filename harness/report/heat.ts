/** The number of durations of each length in each window: the shape that quantiles hide. */
import type { SeriesData } from "../metrics/samples.ts";
import { startMs } from "../metrics/series.ts";
import type { Windows } from "./buckets.ts";

export interface Heat {
  /** Ascending; row `i` holds durations from `boundsMs[i]` to below `boundsMs[i + 1]`. */
  readonly boundsMs: readonly number[];
  /** By row, one count per interval. */
  readonly rows: readonly (readonly number[])[];
  /** By row, one count per judged phase. */
  readonly byPhase: readonly (readonly number[])[];
}

/**
 * Half a power of two each: fine enough to show a shape, coarse enough that a bucket of few
 * requests is not scattered.
 */
const step = Math.SQRT2;
const [leastMs, rowsMax] = [1, 40];

/** Durations below 1 ms are in the first row, extremely long ones in the last. */
export function heatOf(series: readonly SeriesData[], grid: Windows, phases: Windows): Heat {
  const rowAt = (ms: number): number =>
    ms < leastMs
      ? 0
      : Math.min(rowsMax - 1, Math.floor(Math.log(ms / leastMs) / Math.log(step) + 1e-9));
  const counts = (windows: Windows): number[][] =>
    Array.from({ length: rowsMax }, () => new Array<number>(windows.count).fill(0));
  const [overTime, inPhases] = [counts(grid), counts(phases)];
  for (const one of series) {
    for (let index = 0; index < one.values.length; index++) {
      const [row, beganMs] = [rowAt(one.values[index] as number), startMs(one, index)];
      increase(overTime, row, grid.indexAt(beganMs));
      increase(inPhases, row, phases.indexAt(beganMs));
    }
  }
  const used = overTime.flatMap((row, at) => (row.some((count) => count > 0) ? [at] : []));
  const [from, until] = [used[0] ?? 0, (used.at(-1) ?? 0) + 1];
  const boundsMs = Array.from({ length: until - from + 1 }, (_, index) =>
    Number((leastMs * step ** (from + index)).toPrecision(3)),
  );
  return { boundsMs, rows: overTime.slice(from, until), byPhase: inPhases.slice(from, until) };
}

function increase(rows: number[][], row: number, column: number): void {
  const counts = rows[row];
  if (counts !== undefined && column >= 0) counts[column] = (counts[column] ?? 0) + 1;
}
