/** The metrics of one run: those that any run can contain, those of the target, and those of its workloads. */
import { k6Metrics } from "../metrics/k6-metrics.ts";
import type { Metric, Registry } from "../metrics/metrics.ts";
import { ownMetrics } from "../metrics/own-metrics.ts";
import type { Pack } from "../target/pack.ts";
import type { SampleKind } from "../metrics/samples.ts";
import { type Declared, isExposed, type Layout } from "../target/layout.ts";

/** By the naming habits of Prometheus (https://prometheus.io/docs/practices/naming), where the target does not say it. */
export function kindOfSeries(name: string, declared: Declared | undefined): SampleKind {
  const isCounter =
    declared?.kind === undefined
      ? /_(?:total|count|sum|bucket)$/.test(name)
      : declared.kind === "counter";
  return isCounter ? "increment" : "gauge";
}

/** Where two declare the same name, the pack's word counts before the harness's, and the harness's before that of others. */
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

/** With a pack it is known which classes of requests there are. */
function requestsOf({ trafficClasses }: Pack): Registry {
  const name = "http_req_ms";
  return { [name]: { ...(ownMetrics[name] as Metric), values: { lane: trafficClasses } } };
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
