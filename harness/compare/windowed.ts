/**
 * One quantity of one phase in equal windows, the units of all resampling. Requests of one window
 * share the state of the machine and the target. So windows are resampled, in blocks, and not
 * requests.
 */

/** What is measured in a window. */
export type Measure =
  | { readonly kind: "quantile"; readonly q: number }
  | { readonly kind: "share" }
  | { readonly kind: "mean" };

/**
 * The sum of a window: a cumulative histogram for a quantile, a sum and its divisor for a share or
 * a mean.
 */
export interface WindowSum {
  /** The first bin with a sample. */
  readonly least: number;
  /** The number of samples up to each bin from there on. Empty unless for quantiles. */
  readonly upTo: Int32Array;
  readonly total: number;
  readonly count: number;
}

/** The windows of one run in chronological order. */
export type RunWindows = readonly WindowSum[];

/** Relative bin width: an error of at most 0.5 %. */
const binWidth = Math.log(1.01);
/** Smaller values count as 0.01 ms. */
const smallest = 0.01;

const nothing = new Int32Array();

export function windowSum(values: readonly number[], measure: Measure): WindowSum {
  const total = values.reduce((sum, value) => sum + value, 0);
  const count = values.length;
  if (measure.kind !== "quantile" || count === 0) return { least: 0, upTo: nothing, total, count };
  const bins = Int32Array.from(values, (value) =>
    Math.round(Math.log(Math.max(smallest, value)) / binWidth),
  ).sort();
  const least = bins[0] as number;
  const upTo = new Int32Array((bins[count - 1] as number) - least + 1);
  for (const bin of bins) upTo[bin - least] = (upTo[bin - least] as number) + 1;
  for (let at = 1; at < upTo.length; at++)
    upTo[at] = (upTo[at] as number) + (upTo[at - 1] as number);
  return { least, upTo, total, count };
}

/**
 * The measure over several windows together: samples are pooled, percentiles never averaged. Null
 * without samples.
 */
export function pooled(windows: readonly WindowSum[], measure: Measure): number | null {
  let total = 0,
    count = 0;
  for (const window of windows) {
    total += window.total;
    count += window.count;
  }
  if (count === 0) return null;
  return measure.kind === "quantile" ? pooledQuantile(windows, measure.q, count) : total / count;
}

/**
 * Searches without merging the windows, because an interval pools hundreds of thousands of times.
 */
function pooledQuantile(windows: readonly WindowSum[], q: number, count: number): number {
  let least = Number.POSITIVE_INFINITY,
    most = Number.NEGATIVE_INFINITY;
  for (const { least: first, upTo } of windows) {
    if (upTo.length === 0) continue;
    least = Math.min(least, first);
    most = Math.max(most, first + upTo.length - 1);
  }
  const rank = Math.max(1, Math.ceil(q * count));
  while (least < most) {
    const middle = (least + most) >> 1;
    if (countUpTo(windows, middle) >= rank) most = middle;
    else least = middle + 1;
  }
  return Math.exp(least * binWidth);
}

function countUpTo(windows: readonly WindowSum[], bin: number): number {
  let count = 0;
  for (const { least, upTo } of windows)
    if (bin >= least && upTo.length > 0)
      count += upTo[Math.min(bin - least, upTo.length - 1)] as number;
  return count;
}

/** The windows of one run by phase, because a phase is never drawn in another's place. */
export type RunStrata = readonly RunWindows[];
