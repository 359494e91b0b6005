/**
 * The expected metric sources: which part of a target reports which series, decided before the run.
 * A source without a sample is missing, whatever the others report.
 */
import { entryTag, type Tags } from "../metrics/tags.ts";
import type { Pack } from "../target/pack.ts";
import { kindOfSeries } from "../record/metric-registry.ts";
import { isVirtual, type SubstrateName } from "../record/substrates.ts";
import type { Source } from "../metrics/source.ts";
import { isExposed, type Layout, metricsReadFrom, type Service } from "../target/layout.ts";

/** In virtual time, the model emits the metrics that it covers: `modelled` lists their names. */
export function telemetryOf(
  layout: Layout,
  substrate: SubstrateName,
  modelled: readonly string[],
  pack?: Pack,
): Source[] {
  const sources = layout.services.flatMap((service) => sourcesOf(service, substrate, pack));
  if (!isVirtual(substrate)) return [...sources, ...proberOf(layout)];
  const known = sources.map((source) => ({
    ...source,
    series: source.series.filter(({ metric }) => modelled.includes(metric)),
  }));
  return [...known.filter(({ series }) => series.length > 0), ...proberOf(layout)];
}

function sourcesOf(service: Service, substrate: SubstrateName, pack: Pack | undefined): Source[] {
  const { name } = service;
  const of = (where: Tags, ...series: Source["series"]): Source => ({
    name,
    where,
    silencedBy: [name],
    series,
  });
  const ofService = service.telemetry.flatMap((one) =>
    isExposed(one)
      ? one.series.map((metric) => ({ metric, kind: kindOfSeries(metric, one.declared?.[metric]) }))
      : metricsReadFrom(one).map((metric) => ({ metric, kind: "gauge" as const })),
  );
  // A service that already runs is observed only through its answers. For the others, figures come
  // from the engine (containers) or the system (processes).
  const looksInside = service.at === undefined && !isVirtual(substrate);
  const resources: Source["series"] = looksInside
    ? [
        { metric: "cpu_seconds", kind: "increment" },
        { metric: "resident_bytes", kind: "gauge" },
      ]
    : [];
  return [
    ...(ofService.length + resources.length > 0
      ? [of({ service: name }, ...ofService, ...resources)]
      : []),
    ...service.telemetry.flatMap((one) => pack?.reports?.(one, service) ?? []),
  ];
}

/**
 * The prober sends requests to the entries, or to the layout's probes, whether they answer or not.
 */
function proberOf({ entries, probes }: Layout): Source[] {
  const asked = [...new Set((probes ?? entries).map(({ service }) => service))];
  return asked.map((service) => ({
    name: `the prober at ${service}`,
    where: { [entryTag]: service },
    silencedBy: [],
    series: [{ metric: "canary_ms", kind: "duration" }],
  }));
}
