/** What says whether the load generator is to be believed, for each phase: a tired one makes every other figure its own. */
import type { Tags } from "../metrics/tags.ts";
import type { Run } from "../record/run.ts";
import { matching } from "../metrics/series.ts";
import {
  count,
  growth,
  happened,
  highest,
  type Measure,
  type PerWindow,
  quantileOf,
  type Windows,
} from "./buckets.ts";

export interface HealthRow {
  readonly label: string;
  readonly unit: string;
  readonly byPhase: PerWindow;
  /** What it should be, in a few words. */
  readonly wanted: string;
}

/** Rows of which nothing was recorded are left out. */
export function generatorHealth(run: Run, phases: Windows): HealthRow[] {
  const find = (metric: string, where?: Tags) =>
    matching(run.series, where === undefined ? { metric } : { metric, where });
  const row = (
    label: string,
    unit: string,
    wanted: string,
    measure: Measure,
    needs: readonly { readonly values: Float64Array }[],
  ): HealthRow[] =>
    needs.every(({ values }) => values.length === 0)
      ? []
      : [{ label, unit, wanted, byPhase: measure(phases) }];
  const [late, canaryLate, requests] = [
    find("start_late_ms"),
    find("canary_late_ms"),
    find("http_req_ms"),
  ];
  const [k6, waiting, own, denied] = [
    find("cpu_seconds", { service: "k6" }),
    find("cpu_wait_seconds", { service: "k6" }),
    find("cpu_seconds", { service: "seawall" }),
    find("cpu_denied_seconds"),
  ];
  const anything = late.length > 0 || requests.length > 0 ? [...late, ...requests] : [];
  return [
    ...row("Requests made", "", "as many as the plan asks for", count(requests), requests),
    ...row(
      "Work never begun (dropped)",
      "/s",
      "none",
      happened(find("dropped_iterations")),
      anything,
    ),
    ...row(
      "Late start of work, p99",
      "ms",
      "far below what viewers wait",
      quantileOf(late, 0.99),
      late,
    ),
    ...row("Late start of work, worst", "ms", "", highest(late), late),
    ...row(
      "The harness’s own prober late, worst",
      "ms",
      "near nothing",
      highest(canaryLate),
      canaryLate,
    ),
    ...row(
      "Processor used by the generator, of one core",
      "share",
      "well below what the machine has",
      growth(k6),
      k6,
    ),
    ...row(
      "Its threads waiting for a processor, of one core",
      "share",
      "little beside what it used",
      growth(waiting),
      waiting,
    ),
    ...row(
      "Processor used by the harness, of one core",
      "share",
      "a small part of the generator’s",
      growth(own),
      own,
    ),
    ...row(
      "Processor denied to this machine, of one core",
      "share",
      "none",
      growth(denied),
      denied,
    ),
  ];
}
