/**
 * A run on disk as the judge reads it: a plan, events in chronological order, and samples. All
 * times are epoch milliseconds, with fractions.
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
  /** Missing or damaged parts of the record; empty if it is complete. */
  readonly damage: readonly string[];
}
