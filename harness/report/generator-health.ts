/**
 * The evidence for or against the load generator, per phase: if it is overloaded, every other
 * figure describes the generator.
 */
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
  /** The acceptable range, in a few words. */
  readonly wanted: string;
}

/** Rows without data are omitted. */
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
    ...row("Requests made", "", "as many as planned", count(requests), requests),
    ...row("Dropped iterations", "/s", "none", happened(find("dropped_iterations")), anything),
    ...row(
      "Iteration lateness, p99",
      "ms",
      "far below the response times",
      quantileOf(late, 0.99),
      late,
    ),
    ...row("Iteration lateness, worst", "ms", "", highest(late), late),
    ...row("Prober lateness, worst", "ms", "near zero", highest(canaryLate), canaryLate),
    ...row(
      "CPU of the generator, of one core",
      "share",
      "well below the machine's cores",
      growth(k6),
      k6,
    ),
    ...row(
      "CPU wait of its threads, of one core",
      "share",
      "much less than the CPU that it used",
      growth(waiting),
      waiting,
    ),
    ...row(
      "CPU of the harness, of one core",
      "share",
      "a small part of the generator’s",
      growth(own),
      own,
    ),
    ...row("CPU steal and throttling, of one core", "share", "none", growth(denied), denied),
  ];
}
