/** Selection of samples by metric and tags, and by the moment at which the measured thing began. */
import type { Selector } from "./samples.ts";
import type { SeriesData } from "./samples.ts";
import type { Tags } from "./tags.ts";

export interface Window {
  readonly fromMs: number;
  /** Exclusive, in epoch ms. */
  readonly untilMs: number;
}

export function carries(tags: Tags, required: Tags | undefined): boolean {
  if (required === undefined) return true;
  for (const [key, value] of Object.entries(required)) if (tags[key] !== value) return false;
  return true;
}

export function matching(all: readonly SeriesData[], selector: Selector): readonly SeriesData[] {
  return all.filter(
    (series) => series.metric === selector.metric && carries(series.tags, selector.where),
  );
}

/**
 * Start of a sample in epoch ms. A request belongs to the window in which it began, so a duration
 * counts from its start, and anything else from its reading.
 */
export function startMs(series: SeriesData, index: number): number {
  const atMs = series.atMs[index] as number;
  return series.kind === "duration" ? atMs - (series.values[index] as number) : atMs;
}

/**
 * Samples are almost in chronological order. A window touches few blocks of this length, and
 * contains most of those entirely.
 */
const blockLength = 1_024;

interface Blocks {
  readonly firstMs: Float64Array;
  readonly lastMs: Float64Array;
}

/** Built once per series of a run, whatever the number of claims. */
const indexed = new WeakMap<SeriesData, Blocks>();

function blocksOf(series: SeriesData): Blocks {
  const known = indexed.get(series);
  if (known !== undefined) return known;
  const count = Math.ceil(series.atMs.length / blockLength);
  const blocks = {
    firstMs: new Float64Array(count).fill(Number.POSITIVE_INFINITY),
    lastMs: new Float64Array(count).fill(Number.NEGATIVE_INFINITY),
  };
  for (let index = 0; index < series.atMs.length; index++) {
    const started = startMs(series, index);
    const block = (index / blockLength) | 0;
    if (started < (blocks.firstMs[block] as number)) blocks.firstMs[block] = started;
    if (started > (blocks.lastMs[block] as number)) blocks.lastMs[block] = started;
  }
  indexed.set(series, blocks);
  return blocks;
}

/**
 * Calls back for each range of indices in the window. If `isMixed`, only some of the range's
 * samples began in the window; otherwise all did.
 */
function eachStretch(
  series: SeriesData,
  { fromMs, untilMs }: Window,
  visit: (from: number, until: number, isMixed: boolean) => void,
): void {
  const { firstMs, lastMs } = blocksOf(series);
  for (let block = 0; block < firstMs.length; block++) {
    const [first, last] = [firstMs[block] as number, lastMs[block] as number];
    if (last < fromMs || first >= untilMs) continue;
    visit(
      block * blockLength,
      Math.min(series.atMs.length, (block + 1) * blockLength),
      first < fromMs || last >= untilMs,
    );
  }
}

/** Calls back for each sample that began in the window. */
export function eachIn(
  all: readonly SeriesData[],
  window: Window,
  visit: (value: number, startedMs: number, tags: Tags) => void,
): void {
  for (const series of all) {
    eachStretch(series, window, (from, until) => {
      for (let index = from; index < until; index++) {
        const started = startMs(series, index);
        if (started >= window.fromMs && started < window.untilMs)
          visit(series.values[index] as number, started, series.tags);
      }
    });
  }
}

/** The number of samples, whatever their time. */
export function sizeOf(all: readonly SeriesData[]): number {
  return all.reduce((total, { values }) => total + values.length, 0);
}

export function countIn(all: readonly SeriesData[], window: Window): number {
  let count = 0;
  for (const series of all) {
    eachStretch(series, window, (from, until, isMixed) => {
      if (!isMixed) count += until - from;
      else
        for (let index = from; index < until; index++) {
          const started = startMs(series, index);
          if (started >= window.fromMs && started < window.untilMs) count++;
        }
    });
  }
  return count;
}

export function valuesIn(all: readonly SeriesData[], window: Window): Float64Array {
  const values = new Float64Array(countIn(all, window));
  let at = 0;
  eachIn(all, window, (value) => {
    values[at++] = value;
  });
  return values;
}

/** The starts of the window's samples in epoch ms, unordered. */
export function startsIn(all: readonly SeriesData[], window: Window): Float64Array {
  const starts = new Float64Array(countIn(all, window));
  let at = 0;
  eachIn(all, window, (_value, startedMs) => {
    starts[at++] = startedMs;
  });
  return starts;
}
