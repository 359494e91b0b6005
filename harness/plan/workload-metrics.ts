/**
 * The metrics that a k6 script makes, from its text: k6's stream tells of no sample what kind it is,
 * and a script cannot be imported here. A name that is put together while the script runs is not seen;
 * its samples are kept all the same, as events.
 */
import { k6MetricNames } from "../metrics/k6-metrics.ts";
import type { Metric, Registry } from "../metrics/metrics.ts";
import { ownMetrics } from "../metrics/own-metrics.ts";

const made =
  /\bnew\s+(?:\w+\.)?(Trend|Counter|Rate|Gauge)\(\s*(["'`])([A-Za-z_]\w{0,127})\2\s*(?:,\s*(true))?/g;

/** The harness makes other metrics of these. */
const internal = ["iteration_begun", "iteration_ended", "unasked_iterations"];

/** A trend is of time when the script says so, as k6 wants it: `new Trend("wait_ms", true)`. */
export function metricsMadeIn(text: string): Registry {
  const found = [...text.matchAll(made)].map((match): [string, Metric] => {
    const [, type, , name, isTime] = match as unknown as [
      string,
      keyof typeof kinds,
      string,
      string,
      string?,
    ];
    const kind = type === "Trend" && isTime !== undefined ? "duration" : kinds[type];
    return [
      name,
      {
        kind,
        unit: kind === "duration" ? "ms" : "",
        source: "generator",
        tags: ["lane", "load"],
        openTags: true,
        ...(type === "Rate" ? { most: 1 } : {}),
        meaning: `a ${type.toLowerCase()} of a workload's own`,
      },
    ];
  });
  return Object.fromEntries(
    found.filter(
      ([name]) =>
        ![...internal, ...k6MetricNames].includes(name) && !Object.hasOwn(ownMetrics, name),
    ),
  );
}

/** Of a rate each sample is 0 or 1, so its mean is the rate. */
const kinds = { Trend: "event", Counter: "increment", Rate: "event", Gauge: "gauge" } as const;
