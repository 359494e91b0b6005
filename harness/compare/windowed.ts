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
 * The sum of a window: a sparse histogram for a quantile, a sum and its divisor for a share or a
 * mean.
 */
export interface WindowSum {
  /** Bins in ascending order, and the number of samples of each. Empty unless for quantiles. */
  readonly bins: Int32Array;
  readonly counts: Int32Array;
  readonly total: number;
  readonly count: number;
}

/** The windows of one run in chronological order. */
export type RunWindows = readonly WindowSum[];

/** Relative bin width: an error of at most 0.5 %. */
const binWidth = Math.log(1.01);
/** Smaller values count as 0.01 ms. */
const smallest = 0.01;

export function windowSum(values: readonly number[], measure: Measure): WindowSum {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (measure.kind !== "quantile")
    return { bins: new Int32Array(), counts: new Int32Array(), total, count: values.length };
  const counted = new Map<number, number>();
  for (const value of values) {
    const bin = Math.round(Math.log(Math.max(smallest, value)) / binWidth);
    counted.set(bin, (counted.get(bin) ?? 0) + 1);
  }
  const bins = Int32Array.from(counted.keys()).sort();
  return { bins, counts: bins.map((bin) => counted.get(bin) ?? 0), total, count: values.length };
}

/**
 * The measure over several windows together: samples are pooled, percentiles never averaged. Null
 * without samples.
 */
export function pooled(windows: readonly WindowSum[], measure: Measure): number | null {
  let [total, count] = [0, 0];
  for (const window of windows) {
    total += window.total;
    count += window.count;
  }
  if (count === 0) return null;
  return measure.kind === "quantile" ? pooledQuantile(windows, measure.q, count) : total / count;
}

function pooledQuantile(windows: readonly WindowSum[], q: number, count: number): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { bins } of windows) {
    if (bins.length === 0) continue;
    least = Math.min(least, bins[0] as number);
    most = Math.max(most, bins[bins.length - 1] as number);
  }
  const width = most - least + 1;
  if (merged.length < width) merged = new Int32Array(2 * width);
  else merged.fill(0, 0, width);
  for (const { bins, counts } of windows)
    for (let i = 0; i < bins.length; i++) {
      const bin = (bins[i] as number) - least;
      merged[bin] = (merged[bin] as number) + (counts[i] as number);
    }
  const rank = Math.max(1, Math.ceil(q * count));
  let seen = 0;
  for (let bin = 0; bin < width; bin++) {
    seen += merged[bin] as number;
    if (seen >= rank) return Math.exp((bin + least) * binWidth);
  }
  return Math.exp(most * binWidth);
}

/** Reused between calls: an interval pools hundreds of thousands of times. */
let merged = new Int32Array(0);

/** The windows of one run by phase, because a phase is never drawn in another's place. */
export type RunStrata = readonly RunWindows[];
