/**
 * Which charts a report draws beyond those of harm, as data. A pack declares those of its metrics,
 * the plan records them, and a report of an old run draws what was declared then.
 */
import type { Tags } from "../metrics/tags.ts";

/** How a line looks: by what it says, or by its place among its like. */
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

/** For what has no colour of its own, such as services. */
export const categorical: readonly Tone[] = numbered;

/**
 * What a line measures in each window of time. `rate`: samples per second. `count`: samples.
 * `growth`: by how much counters grew, per second. `happened`: the sum of what is reported only
 * when it happens, per second. `highest`: the greatest sample. `peak`: the greatest reading of each
 * series, summed. `mean`: of the samples. `p50`, `p95`, `p99`: true quantiles of the samples.
 * `bucketP50`, `bucketP99`: upper bounds of quantiles, from the buckets of a histogram that a
 * service counts itself.
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

/** Some samples, measured. */
export interface Measured {
  readonly metric: string;
  /** Those that carry all of these tags. */
  readonly where?: Tags;
  /** Those of which no tag has one of these values. */
  readonly except?: Readonly<Record<string, readonly string[]>>;
  readonly statistic: ChartStatistic;
}

/**
 * A line is drawn where the run has samples of its metric; that of a sum which `happened`, always.
 * With `by` there is one for each value of that tag; else it has a label and a tone.
 */
export type DeclaredLine = Measured & {
  readonly by?: string;
  readonly label?: string;
  readonly tone?: Tone;
  /** The line shows it as a share of this: drawn where there is something to have a share of. */
  readonly shareOf?: Measured;
  /** The line shows which share of this it leaves: drawn where both are there. */
  readonly leftOf?: Measured;
  /** That of the chart where it is left out. */
  readonly unit?: string;
  /** `right` has a scale of its own. */
  readonly axis?: "right";
};

export interface DeclaredChart {
  /** Unique in a report; part of an address within the page. */
  readonly id: string;
  readonly title: string;
  /** How to read it, in a sentence. */
  readonly note: string;
  readonly unit: string;
  readonly stacked?: true;
  /** A logarithmic scale where the highest value is this many times the lowest. */
  readonly spreadForLog?: number;
  /** The chart is drawn where the run has such samples; left out, where it has any of its lines. */
  readonly only?: { readonly metric: string; readonly where?: Tags };
  /** Where there is nothing to draw, nothing is missing; else the report names the metric. */
  readonly optional?: true;
  readonly lines: readonly DeclaredLine[];
}

export interface Charts {
  /** Of one run, in their order, after those of harm and before the harness's own. */
  readonly ofRun: readonly DeclaredChart[];
  /** Of a comparison: each has one line, which is drawn once for each side. */
  readonly ofComparison: readonly DeclaredChart[];
}
