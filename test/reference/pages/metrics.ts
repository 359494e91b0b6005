/** The page of metrics: those of every run, of k6, and of streams. */
import { k6Metrics } from "../../../harness/metrics/k6-metrics.ts";
import { type Metric, type Registry, sources } from "../../../harness/metrics/metrics.ts";
import { ownMetrics } from "../../../harness/metrics/own-metrics.ts";
import { metrics } from "../../../targets/live-streaming/pack/metrics.ts";
import { trafficClasses } from "../../../targets/live-streaming/pack/traffic-classes.ts";
import { declarationOf } from "../declarations.ts";
import { page, prose, span, table } from "../markdown.ts";
import { type Places, typeSections } from "../type-sections.ts";
import { sections } from "./sections.ts";

export function metricsPage(places: Places): string {
  return page(
    "Metrics",
    prose(
      "A claim selects samples by a metric and by tags. `plan` refuses an unknown metric, and an " +
        "unknown value of a tag with a closed list. Beyond this page, a target has the series " +
        "that its services list ([targets](targets.md#ownseries)), and an experiment the metrics " +
        "of its k6 script ([your own script](../using-your-own-script.md#metrics-of-the-script)).",
    ),
    "## Kinds of metrics",
    prose(declarationOf("harness/metrics/samples.ts", "SampleKind").doc),
    "## Sources",
    prose(
      `${declarationOf("harness/metrics/metrics.ts", "sources").doc} All are ` +
        `${sources.map(span).join(", ")}.`,
    ),
    "## Metrics of every run",
    prose("A claim cannot rest on metrics of the harness itself. The table marks them as such."),
    registryTable(ownMetrics),
    "## Metrics of k6",
    prose(
      "A run records one of these only if a claim uses it. They carry the tags of the script's " +
        "samples, too.",
    ),
    registryTable(k6Metrics),
    "## Metrics of streams",
    prose(
      "Targets of `streamTarget()` have these. A metric of origins, packagers or gateways exists " +
        "only where the services report it, as those of the reference backend do. The classes of " +
        `requests, as tag \`lane\`, are ${trafficClasses.map(span).join(", ")}.`,
    ),
    registryTable(metrics),
    "## Metrics of your own kind of target",
    typeSections("metrics", sections.metrics, places),
  );
}

function registryTable(registry: Registry): string {
  return table(
    ["metric", "kind", "unit", "source", "tags", "meaning"],
    Object.entries(registry)
      .sort(([a], [b]) => a.localeCompare(b, "en"))
      .map(([name, metric]) => [
        span(name),
        metric.kind,
        metric.unit,
        metric.ofHarness === true ? `${metric.source}, of the harness itself` : metric.source,
        metric.tags.map((tag) => tagText(tag, metric)).join("; "),
        metric.meaning,
      ]),
  );
}

function tagText(tag: string, { values = {} }: Metric): string {
  const closed = values[tag];
  return closed === undefined || tag === "lane"
    ? span(tag)
    : `${span(tag)} (${closed.map(span).join(", ")})`;
}
