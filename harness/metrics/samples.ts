/** Samples as the judge reads them. All times are epoch milliseconds, with fractions. */
import type { Tags } from "./tags.ts";

/**
 * The relation of a sample's value and time. `duration`: the value is in ms and `atMs` is its end,
 * so it began at `atMs − value`. `increment`: the growth of a counter since the previous reading.
 * `gauge`: a reading. `event`: an occurrence; the value is its size.
 */
export type SampleKind = "duration" | "increment" | "gauge" | "event";

export interface Series {
  readonly metric: string;
  readonly kind: SampleKind;
  readonly tags: Tags;
}

/** All samples of one series in recorded order; `atMs` and `values` have equal length. */
export interface SeriesData extends Series {
  readonly atMs: Float64Array;
  readonly values: Float64Array;
}

/** Receives samples. Registering the same series twice returns the same id. */
export interface SampleSink {
  series(series: Series): number;
  sample(seriesId: number, atMs: number, value: number): void;
}

/** Selects the samples of one metric that carry all of these tags. */
export interface Selector {
  /** A name from [the list of metrics](metrics.md), of the target or of the script. */
  readonly metric: string;
  /** Tags that the samples must carry: `{ lane: "browse", status: "200" }`. All by default. */
  readonly where?: Tags | undefined;
}
