/**
 * The charts of a report beyond those of harm, as data. A pack declares them for its metrics and
 * the plan records them, so a report of an old run draws the charts of that time.
 */
import type { Tags } from "../metrics/tags.ts";

/** The style of a line: by its meaning, or by its position among similar lines. */
const numbered = ["one", "two", "three", "four", "five", "six", "seven", "eight"] as const;
export const tones = [
  "served",
  "late",
  "lost",
  "shed",
  "muted",
  "audience",
  "p50",
  "p95",
  "p99",
  ...numbered,
] as const;
export type Tone = (typeof tones)[number];

/** For lines without a meaning that has its own colour, such as services. */
export const categorical: readonly Tone[] = numbered;

/**
 * What a line measures in each time window:
 * - `rate`: samples per second
 * - `count`: samples
 * - `growth`: growth of counters per second
 * - `happened`: the sum per second of a value that is reported only when it occurs
 * - `highest`: the greatest sample
 * - `peak`: the sum over all series of the greatest reading
 * - `mean`: the mean of the samples
 * - `p50`, `p95`, `p99`: exact quantiles of the samples
 * - `bucketP50`, `bucketP99`: upper bounds of quantiles, from a service's own histogram buckets
 */
export const chartStatistics = [
  "rate",
  "count",
  "growth",
  "happened",
  "highest",
  "peak",
  "mean",
  "p50",
  "p95",
  "p99",
  "bucketP50",
  "bucketP99",
] as const;
export type ChartStatistic = (typeof chartStatistics)[number];

/** A statistic over selected samples. */
export interface Measured {
  readonly metric: string;
  /** Selects samples that carry all of these tags. */
  readonly where?: Tags;
  /** Excludes samples with one of these tag values. */
  readonly except?: Readonly<Record<string, readonly string[]>>;
  readonly statistic: ChartStatistic;
}

/**
 * A line of a chart. The report draws it if the run has samples of its metric; a line of `happened`
 * is always drawn. With `by` there is one line per value of that tag, otherwise a label and a tone.
 */
export type DeclaredLine = Measured & {
  readonly by?: string;
  readonly label?: string;
  readonly tone?: Tone;
  /** The line shows the value divided by this one; omitted if this one has no samples. */
  readonly shareOf?: Measured;
  /** The line shows one minus the value divided by this one; omitted unless both have samples. */
  readonly leftOf?: Measured;
  /** Defaults to the chart's unit. */
  readonly unit?: string;
  /** `right` uses a second scale. */
  readonly axis?: "right";
};

export interface DeclaredChart {
  /** Unique within a report; part of an anchor in the page. */
  readonly id: string;
  readonly title: string;
  /** One sentence on how to read the chart. */
  readonly note: string;
  readonly unit: string;
  readonly stacked?: true;
  /** The scale is logarithmic if the highest value is at least this many times the lowest. */
  readonly spreadForLog?: number;
  /**
   * The chart is drawn if the run has these samples. Defaults to the samples of any of its lines.
   */
  readonly only?: { readonly metric: string; readonly where?: Tags };
  /**
   * The report does not mention the chart if it has no samples. Otherwise it names the missing
   * metric.
   */
  readonly optional?: true;
  readonly lines: readonly DeclaredLine[];
}

export interface Charts {
  /** Charts of a single run, in order, between those of harm and the harness's own. */
  readonly ofRun: readonly DeclaredChart[];
  /** Charts of a comparison. Each has one line, drawn once per side. */
  readonly ofComparison: readonly DeclaredChart[];
}
