/**
 * Cuts a run's time into windows and measures series in each of them. The same measures serve the charts (equal buckets), the tables
 * (phases) and the first screen, so a figure in one place cannot disagree with the same figure in another.
 */
import type { SeriesData } from "../core/run.ts";
import { startMs } from "../core/series.ts";
import { quantile } from "../core/statistics.ts";

/** Consecutive windows of time. A sample belongs to the one in which what it measures began. */
export interface Windows {
  readonly count: number;
  /** Index of the window, or −1 outside of all. */
  indexAt(epochMs: number): number;
  seconds(index: number): number;
}

/** One value for each window; null where nothing was recorded. */
export type PerWindow = (number | null)[];
export type Measure = (windows: Windows) => PerWindow;

/** No chart has more points than this, however long the run. */
const bucketsMax = 600;

export interface Grid extends Windows {
  readonly firstMs: number;
  readonly widthMs: number;
}

/**
 * Equal buckets, aligned to `zeroMs`, so that no bucket mixes two phases whose lengths are multiples of it. Viewers arrive in bunches, one
 * for each segment: a bucket holds whole bunches, or every curve would be a comb of the load's own making.
 */
export function gridOf(zeroMs: number, fromMs: number, untilMs: number, segmentMs: number): Grid {
  const base = segmentMs >= 500 && segmentMs <= 6_000 ? segmentMs * Math.ceil(1000 / segmentMs) : 1000;
  const spanMs = Math.max(base, untilMs - fromMs);
  const widthMs = base * Math.max(1, Math.ceil(spanMs / (base * (bucketsMax - 1))));
  const firstMs = zeroMs + Math.floor((fromMs - zeroMs) / widthMs) * widthMs;
  const count = Math.max(1, Math.ceil((untilMs - firstMs) / widthMs));
  return {
    firstMs, widthMs, count,
    indexAt: (atMs) => { const index = Math.floor((atMs - firstMs) / widthMs); return index >= 0 && index < count ? index : -1; },
    seconds: () => widthMs / 1000,
  };
}

export function windowsOf(spans: readonly { readonly fromMs: number; readonly untilMs: number }[]): Windows {
  return {
    count: spans.length,
    indexAt: (atMs) => spans.findIndex((span) => atMs >= span.fromMs && atMs < span.untilMs),
    seconds: (index) => { const span = spans[index]; return span === undefined ? 0 : (span.untilMs - span.fromMs) / 1000; },
  };
}

/** Samples per second; a window without any is a zero, since whoever counts them counts all the time. */
export function rate(series: readonly SeriesData[]): Measure {
  return (windows) => {
    const counts = count(series)(windows);
    return counts.map((value, index) => (windows.seconds(index) > 0 ? (value ?? 0) / windows.seconds(index) : null));
  };
}

export function count(series: readonly SeriesData[]): Measure {
  return (windows) => {
    const counts: number[] = new Array(windows.count).fill(0);
    each(series, windows, (_value, index) => { counts[index] = (counts[index] ?? 0) + 1; });
    return counts;
  };
}

/** Growth per second of counters that are read now and then: a window without a reading is a hole, not a zero. */
export function growth(series: readonly SeriesData[]): Measure {
  return (windows) => {
    const totals: PerWindow = new Array(windows.count).fill(null);
    each(series, windows, (value, index) => { totals[index] = (totals[index] ?? 0) + value; });
    return totals.map((value, index) => (value === null || windows.seconds(index) <= 0 ? null : value / windows.seconds(index)));
  };
}

/** True nearest-rank quantiles of the raw values of each window. */
export function quantileOf(series: readonly SeriesData[], q: number): Measure {
  return (windows) => gathered(series, windows).map((values) => quantile(values, q));
}

export function highest(series: readonly SeriesData[]): Measure {
  return quantileOf(series, 1);
}

/** The highest reading of a gauge, summed over series: each service has one. */
export function peak(series: readonly SeriesData[]): Measure {
  return (windows) => series.map((one) => highest([one])(windows)).reduce<PerWindow>(
    (total, values) => total.map((value, index) => (values[index] == null ? value : (value ?? 0) + values[index])),
    new Array(windows.count).fill(null));
}

/** The values of each window, sorted, in two passes over typed arrays: an hour holds millions of them. */
function gathered(series: readonly SeriesData[], windows: Windows): Float64Array[] {
  const sizes = count(series)(windows);
  const all = sizes.map((size) => new Float64Array(size ?? 0));
  const filled = new Uint32Array(windows.count);
  each(series, windows, (value, index) => {
    const at = filled[index] ?? 0;
    filled[index] = at + 1;
    const values = all[index];
    if (values !== undefined) values[at] = value;
  });
  return all.map((values) => values.sort());
}

function each(series: readonly SeriesData[], windows: Windows, visit: (value: number, index: number) => void): void {
  for (const one of series) {
    for (let i = 0; i < one.atMs.length; i++) {
      const index = windows.indexAt(startMs(one, i));
      if (index >= 0) visit(one.values[i] as number, index);
    }
  }
}
