/** The metrics of one target: those that any run can contain, and the series that its own services expose. */
import { type Metric, metrics } from "./metrics.ts";
import type { SampleKind } from "./run.ts";
import type { Declared, Layout } from "./target.ts";

/** A metric of a target's own. */
export interface OwnMetric extends Metric {
  /** Any tag may be asked for: nothing is known of its labels. */
  readonly openTags?: true;
}

export type Registry = Readonly<Record<string, OwnMetric>>;

/** By the naming habits of Prometheus (https://prometheus.io/docs/practices/naming), where the target does not say it. */
export function kindOfSeries(name: string, declared: Declared | undefined): SampleKind {
  const isCounter = declared?.kind === undefined ? /_(?:total|count|sum|bucket)$/.test(name) : declared.kind === "counter";
  return isCounter ? "increment" : "gauge";
}

/** Bundled names keep their meaning. */
export function registryOf(layout: Pick<Layout, "services">): Registry {
  const exposed = layout.services.flatMap(({ telemetry }) => telemetry.flatMap((one) =>
    one.kind === "prometheus" ? one.series.map((name) => [name, ownMetric(name, one.declared?.[name])] as const) : []));
  return { ...Object.fromEntries(exposed), ...metrics };
}

function ownMetric(name: string, declared: Declared | undefined): OwnMetric {
  const labels = Object.entries(declared?.labels ?? {});
  const values = Object.fromEntries(labels.flatMap(([label, known]) => (known === null ? [] : [[label, known] as const])));
  return {
    kind: kindOfSeries(name, declared), unit: "", source: "service", tags: ["service", ...labels.map(([label]) => label)], values,
    ...(declared?.labels === undefined ? { openTags: true } : {}), meaning: "a series that a service of this target exposes",
  };
}

/** What emits a metric: a name that is not bundled is the target's own. */
export function sourceOf(metric: string): Metric["source"] {
  return Object.hasOwn(metrics, metric) ? (metrics[metric] as Metric).source : "service";
}
