/**
 * Divides a run's time into windows and measures series in each of them. Charts (equal buckets),
 * tables (phases) and the first screen use the same measures, so their figures always agree.
 */
import type { SeriesData } from "../metrics/samples.ts";
import { startMs } from "../metrics/series.ts";
import { mean, quantile } from "../base/statistics.ts";

/** Consecutive time windows. A sample belongs to the window in which the measured thing began. */
export interface Windows {
  readonly count: number;
  /**
   * Whether a counter's growth between two readings is spread over that time. Phases do not need
   * this: counters are read at their ends.
   */
  readonly spreads?: boolean;
  /** Index of the window, or −1 outside all windows. */
  indexAt(epochMs: number): number;
  seconds(index: number): number;
  /** Epoch ms at which the window begins; for the index after the last one, the end of the last. */
  startMs(index: number): number;
}

/** One value per window; null without data. */
export type PerWindow = (number | null)[];
export type Measure = (windows: Windows) => PerWindow;

/** The greatest number of points in a chart, whatever the length of the run. */
const bucketsMax = 600;

export interface Grid extends Windows {
  readonly firstMs: number;
  readonly widthMs: number;
}

/**
 * Equal buckets, aligned to `zeroMs`, so that no bucket mixes two phases whose lengths are
 * multiples of it. Users may arrive in bursts, one per period of the target's rhythm. A bucket
 * contains whole bursts; otherwise every curve would show the load's own rhythm.
 */
export function gridOf(zeroMs: number, fromMs: number, untilMs: number, rhythmMs: number): Grid {
  const base = rhythmMs >= 500 && rhythmMs <= 6_000 ? rhythmMs * Math.ceil(1000 / rhythmMs) : 1000;
  const spanMs = Math.max(base, untilMs - fromMs);
  const widthMs = base * Math.max(1, Math.ceil(spanMs / (base * (bucketsMax - 1))));
  const firstMs = zeroMs + Math.floor((fromMs - zeroMs) / widthMs) * widthMs;
  const count = Math.max(1, Math.ceil((untilMs - firstMs) / widthMs));
  return {
    firstMs,
    widthMs,
    count,
    spreads: true,
    indexAt: (atMs) => {
      const index = Math.floor((atMs - firstMs) / widthMs);
      return index >= 0 && index < count ? index : -1;
    },
    seconds: () => widthMs / 1000,
    startMs: (index) => firstMs + index * widthMs,
  };
}

export function windowsOf(
  spans: readonly { readonly fromMs: number; readonly untilMs: number }[],
): Windows {
  return {
    count: spans.length,
    indexAt: (atMs) => spans.findIndex((span) => atMs >= span.fromMs && atMs < span.untilMs),
    seconds: (index) => {
      const span = spans[index];
      return span === undefined ? 0 : (span.untilMs - span.fromMs) / 1000;
    },
    startMs: (index) => spans[index]?.fromMs ?? spans.at(-1)?.untilMs ?? 0,
  };
}

/** Samples per second. A window without samples is zero, because the source is always counting. */
export function rate(series: readonly SeriesData[]): Measure {
  return (windows) => {
    const counts = count(series)(windows);
    return counts.map((value, index) =>
      windows.seconds(index) > 0 ? (value ?? 0) / windows.seconds(index) : null,
    );
  };
}

export function count(series: readonly SeriesData[]): Measure {
  return (windows) => {
    const counts: number[] = new Array(windows.count).fill(0);
    each(series, windows, (_value, index) => {
      counts[index] = (counts[index] ?? 0) + 1;
    });
    return counts;
  };
}

/**
 * Growth of periodically read counters per second: a window without a reading is a hole, not a
 * zero. Readings are slightly less frequent than buckets, so assigning growth to the reading would
 * turn a steady rate into a comb.
 */
export function growth(series: readonly SeriesData[]): Measure {
  return (windows) => perSecond(grown(series)(windows), windows);
}

/** The growth of counters in each window. */
function grown(series: readonly SeriesData[]): Measure {
  return (windows) => {
    const totals: PerWindow = new Array(windows.count).fill(null);
    const add = (index: number, amount: number): void => {
      if (index >= 0 && index < windows.count) totals[index] = (totals[index] ?? 0) + amount;
    };
    for (const one of series) {
      const longestMs = windows.spreads === true ? 2.5 * usualGapMs(one) : 0;
      for (let i = 0; i < one.atMs.length; i++) {
        const [atMs, value] = [one.atMs[i] as number, one.values[i] as number];
        const sinceMs = atMs - (one.atMs[i - 1] ?? atMs);
        if (sinceMs > 0 && sinceMs <= longestMs) spread(windows, atMs - sinceMs, atMs, value, add);
        // The time of growth during a silence is unknown: the silence stays a hole, and its last
        // bucket shows the mean rate over it.
        else if (sinceMs > 0 && windows.spreads === true)
          add(
            windows.indexAt(atMs),
            (value * Math.min(sinceMs, windows.seconds(0) * 1000)) / sinceMs,
          );
        else add(windows.indexAt(atMs), value);
      }
    }
    return totals;
  };
}

/** Each bucket gets its share of the time. */
function spread(
  windows: Windows,
  fromMs: number,
  untilMs: number,
  value: number,
  add: (index: number, amount: number) => void,
): void {
  for (let atMs = fromMs; atMs < untilMs; ) {
    const index = windows.indexAt(atMs);
    const nextMs =
      index >= 0
        ? windows.startMs(index + 1)
        : atMs < windows.startMs(0)
          ? windows.startMs(0)
          : untilMs;
    const endMs = Math.min(untilMs, nextMs);
    add(index, (value * (endMs - atMs)) / (untilMs - fromMs));
    atMs = Math.max(endMs, atMs + 1e-3);
  }
}

/** The median interval between readings. */
function usualGapMs({ atMs }: SeriesData): number {
  const gaps = atMs
    .subarray(1)
    .map((at, index) => at - (atMs[index] as number))
    .filter((gap) => gap > 100);
  return quantile(gaps.sort(), 0.5) ?? 0;
}

/** Occurrences per second of an event that is reported only when it happens. */
export function happened(series: readonly SeriesData[]): Measure {
  return (windows) => {
    const totals: number[] = new Array(windows.count).fill(0);
    each(series, windows, (value, index) => {
      totals[index] = (totals[index] ?? 0) + value;
    });
    return perSecond(totals, windows);
  };
}

function perSecond(totals: PerWindow, windows: Windows): PerWindow {
  return totals.map((value, index) =>
    value === null || windows.seconds(index) <= 0 ? null : value / windows.seconds(index),
  );
}

/** One measure as a share of another, between 0 and 1; null if the other is zero. */
export function shareOf(part: Measure, all: Measure): Measure {
  return (windows) => {
    const parts = part(windows);
    return all(windows).map((value, index) =>
      value === null || value <= 0 || parts[index] == null
        ? null
        : Math.min(1, Math.max(0, parts[index] / value)),
    );
  };
}

/** The whole minus a part. */
export function restOf(part: Measure, all: Measure): Measure {
  return (windows) =>
    shareOf(part, all)(windows).map((share) => (share === null ? null : 1 - share));
}

/**
 * Quantiles of a service's own measurements, from the buckets of its histogram (`le` is their upper
 * bound). The value is the upper bound of the quantile's bucket, because nothing more precise is
 * known. Above the last bound it is that bound, which is too small.
 */
export function bucketQuantileOf(series: readonly SeriesData[], q: number): Measure {
  return (windows) => {
    const bounds = [
      ...Map.groupBy(series, (one) => Number((one.tags["le"] ?? "").replace("+Inf", "Infinity"))),
    ]
      .filter(([bound]) => !Number.isNaN(bound))
      .sort(([a], [b]) => a - b);
    const under = bounds.map(([bound, all]) => ({ bound, counts: grown(all)(windows) }));
    return Array.from({ length: windows.count }, (_, index) => {
      const all = under.at(-1)?.counts[index] ?? 0;
      const found =
        all <= 0
          ? undefined
          : under.find(({ counts }) => (counts[index] ?? 0) >= q * all * (1 - 1e-9))?.bound;
      return found === undefined
        ? null
        : Number.isFinite(found)
          ? found
          : (under.at(-2)?.bound ?? null);
    });
  };
}

/** Exact nearest-rank quantiles of the raw values in each window. */
export function quantileOf(series: readonly SeriesData[], q: number): Measure {
  return (windows) => gathered(series, windows).map((values) => quantile(values, q));
}

export function meanOf(series: readonly SeriesData[]): Measure {
  return (windows) =>
    gathered(series, windows).map((values) => (values.length === 0 ? null : mean([...values])));
}

export function highest(series: readonly SeriesData[]): Measure {
  return quantileOf(series, 1);
}

/** The highest reading of a gauge, summed over series: each service has one. */
export function peak(series: readonly SeriesData[]): Measure {
  return (windows) =>
    series
      .map((one) => bridged(one, windows, highest([one])(windows)))
      .reduce<PerWindow>(
        (total, values) =>
          total.map((value, index) =>
            values[index] == null ? value : (value ?? 0) + values[index],
          ),
        new Array(windows.count).fill(null),
      );
}

/**
 * Readings are slightly less frequent than buckets: an empty bucket repeats the previous reading. A
 * real silence stays a hole.
 */
function bridged(one: SeriesData, windows: Windows, values: PerWindow): PerWindow {
  if (windows.spreads !== true) return values;
  const longestMs = 2.5 * usualGapMs(one);
  const filled = [...values];
  for (let i = 1; i < one.atMs.length; i++) {
    const [before, after] = [one.atMs[i - 1] as number, one.atMs[i] as number];
    const [from, until] = [windows.indexAt(before), windows.indexAt(after)];
    if (from < 0 || until < 0 || after - before > longestMs) continue;
    for (let index = from + 1; index < until; index++)
      filled[index] ??= one.values[i - 1] as number;
  }
  return filled;
}

/**
 * The sorted values of each window, in two passes over typed arrays: an hour contains millions. A
 * chart has several quantiles of the same series.
 */
const gathered = onceInWindows((series: readonly SeriesData[], windows): Float64Array[] => {
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
});

function each(
  series: readonly SeriesData[],
  windows: Windows,
  visit: (value: number, index: number) => void,
): void {
  for (const one of series) {
    const indices = indicesOf(one, windows);
    for (let i = 0; i < indices.length; i++) {
      const index = indices[i] as number;
      if (index >= 0) visit(one.values[i] as number, index);
    }
  }
}

/** The window of each sample: many measures of a page look at the same series. */
const indicesOf = onceInWindows((one: SeriesData, windows): Int32Array => {
  const indices = new Int32Array(one.atMs.length);
  for (let i = 0; i < indices.length; i++) indices[i] = windows.indexAt(startMs(one, i));
  return indices;
});

/** The same function, which computes its result once for each argument in each windows. */
function onceInWindows<T extends object, R extends object>(
  make: (of: T, windows: Windows) => R,
): (of: T, windows: Windows) => R {
  const known = new WeakMap<Windows, WeakMap<T, R>>();
  return (of, windows) => {
    const inWindows = known.get(windows) ?? new WeakMap<T, R>();
    known.set(windows, inWindows);
    const result = inWindows.get(of) ?? make(of, windows);
    inWindows.set(of, result);
    return result;
  };
}
