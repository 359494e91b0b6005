/**
 * The metric registry of one run: the harness's metrics, those of the target, and those of its
 * workloads.
 */
import { k6Metrics } from "../metrics/k6-metrics.ts";
import type { Metric, Registry } from "../metrics/metrics.ts";
import { ownMetrics } from "../metrics/own-metrics.ts";
import type { Pack } from "../target/pack.ts";
import type { SampleKind } from "../metrics/samples.ts";
import { type Declared, isExposed, type Layout } from "../target/layout.ts";

/**
 * Uses the naming conventions of Prometheus (https://prometheus.io/docs/practices/naming), unless
 * the target declares the kind.
 */
export function kindOfSeries(name: string, declared: Declared | undefined): SampleKind {
  const isCounter =
    declared?.kind === undefined
      ? /_(?:total|count|sum|bucket)$/.test(name)
      : declared.kind === "counter";
  return isCounter ? "increment" : "gauge";
}

/** Precedence if several declare the same name: the pack, then the harness, then all others. */
export function registryOf(
  layout: Pick<Layout, "services">,
  pack?: Pack,
  ofWorkloads: Registry = {},
): Registry {
  const exposed = layout.services.flatMap(({ telemetry }) =>
    telemetry.flatMap((one) =>
      isExposed(one)
        ? one.series.map((name) => [name, exposedMetric(name, one.declared?.[name])] as const)
        : [],
    ),
  );
  return {
    ...k6Metrics,
    ...ofWorkloads,
    ...Object.fromEntries(exposed),
    ...ownMetrics,
    ...pack?.metrics,
    ...(pack === undefined ? {} : requestsOf(pack)),
  };
}

/** A pack declares the request classes, and those that its prober requests. */
function requestsOf({ trafficClasses, askedAlike }: Pack): Registry {
  const ofLanes = (name: string, lane: readonly string[]): Registry => ({
    [name]: { ...(ownMetrics[name] as Metric), values: { lane } },
  });
  return {
    ...ofLanes("http_req_ms", trafficClasses),
    ...(askedAlike === undefined ? {} : ofLanes("canary_ms", Object.keys(askedAlike))),
  };
}

function exposedMetric(name: string, declared: Declared | undefined): Metric {
  const labels = Object.entries(declared?.labels ?? {});
  const values = Object.fromEntries(
    labels.flatMap(([label, known]) => (known === null ? [] : [[label, known] as const])),
  );
  return {
    kind: kindOfSeries(name, declared),
    unit: "",
    source: "service",
    tags: ["service", ...labels.map(([label]) => label)],
    values,
    ...(declared?.labels === undefined ? { openTags: true } : {}),
    uncompared: true,
    meaning: "a series that a service of this target exposes",
  };
}
