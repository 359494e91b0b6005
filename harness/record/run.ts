/**
 * What a run leaves on disk and what the judge reads: a plan, events in the order in which they
 * happened, and samples. All times are epoch milliseconds with a fraction.
 */
import type { RunEvent } from "./events.ts";
import type { Plan } from "./plan.ts";
import type { SeriesData } from "../metrics/samples.ts";

export interface Run {
  readonly directory: string;
  readonly id: string;
  readonly plan: Plan;
  readonly events: readonly RunEvent[];
  readonly series: readonly SeriesData[];
  /** What of the record is missing or damaged; empty for a whole one. */
  readonly damage: readonly string[];
}
