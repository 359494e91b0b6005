/**
 * The metric registry of one run: the harness's metrics, those of the target, and those of its
 * workloads.
 */
import { k6Metrics } from "../metrics/k6-metrics.ts";
import type { Metric, Registry } from "../metrics/metrics.ts";
import { ownMetrics } from "../metrics/own-metrics.ts";
import type { Pack } from "../target/pack.ts";
import type { SampleKind } from "../metrics/samples.ts";
import {
  alertMetric,
  type Declared,
  isAlerting,
  isAlertWebhook,
  isExposed,
  isQueried,
  type Layout,
  type Query,
  type Telemetry,
} from "../target/layout.ts";

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
  const telemetry = layout.services.flatMap((service) => service.telemetry);
  const exposed = telemetry
    .filter(isExposed)
    .flatMap(({ series, declared }) =>
      series.map((name) => [name, exposedMetric(name, declared?.[name])] as const),
    );
  const queried = telemetry
    .filter(isQueried)
    .flatMap(({ queries }) =>
      Object.entries(queries).map(([name, query]) => [name, queriedMetric(query)] as const),
    );
  return {
    ...k6Metrics,
    ...ofWorkloads,
    ...Object.fromEntries([...exposed, ...queried, ...alertsIn(telemetry)]),
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
  return {
    ...readFromService(declared?.labels),
    kind: kindOfSeries(name, declared),
    unit: "",
    meaning: "a series that a service of this target exposes",
  };
}

function queriedMetric({ query, unit = "", labels }: Query): Metric {
  return {
    ...readFromService(labels),
    kind: "gauge",
    unit,
    mayStay: true,
    meaning: `what Prometheus answers to ${query}`,
  };
}

function alertsIn(telemetry: readonly Telemetry[]): readonly (readonly [string, Metric])[] {
  const alerts = [
    ...new Set(
      telemetry.flatMap((one) => (isAlerting(one) || isAlertWebhook(one) ? one.alerts : [])),
    ),
  ];
  if (alerts.length === 0) return [];
  const metric: Metric = {
    ...readFromService({ alert: alerts }),
    kind: "gauge",
    unit: "",
    most: 1,
    mayStay: true,
    title: "alerts firing",
    meaning: "whether an alert fires and is not silenced: 1 or 0",
  };
  return [[alertMetric, metric]];
}

function readFromService(
  labels: Declared["labels"],
): Pick<Metric, "source" | "tags" | "values" | "openTags" | "uncompared"> {
  const all = Object.entries(labels ?? {});
  return {
    source: "service",
    tags: ["service", ...all.map(([label]) => label)],
    values: Object.fromEntries(
      all.flatMap(([label, known]) => (known === null ? [] : [[label, known] as const])),
    ),
    ...(labels === undefined ? { openTags: true as const } : {}),
    uncompared: true,
  };
}
