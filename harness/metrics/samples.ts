/** Samples as the judge reads them. All times are epoch milliseconds with a fraction. */
import type { Tags } from "./tags.ts";

/**
 * How a sample's value and time relate. `duration`: value in ms, `atMs` is the end, so it began at
 * `atMs − value`. `increment`: value is how much a counter grew since the previous reading.
 * `gauge`: a reading. `event`: something happened, the value is its size.
 */
export type SampleKind = "duration" | "increment" | "gauge" | "event";

export interface Series {
  readonly metric: string;
  readonly kind: SampleKind;
  readonly tags: Tags;
}

/** All samples of one series, as they were recorded; `atMs` and `values` have the same length. */
export interface SeriesData extends Series {
  readonly atMs: Float64Array;
  readonly values: Float64Array;
}

/** Where samples go. Registering the same series twice gives the same id. */
export interface SampleSink {
  series(series: Series): number;
  sample(seriesId: number, atMs: number, value: number): void;
}

/** Some samples: those of a metric that carry all of these tags. */
export interface Selector {
  readonly metric: string;
  readonly where?: Tags | undefined;
}
