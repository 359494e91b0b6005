/**
 * The charts of a report in the order of a reader's questions: what users received, how long they
 * waited, why, and whether to trust it.
 */
import type { Charts, DeclaredChart } from "../target/charts.ts";
import type { Find } from "./find.ts";
import type { Harm, HarmedClass } from "../target/harm.ts";
import { metricIn } from "../metrics/metrics.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { matching } from "../metrics/series.ts";
import { quantileOf, rate } from "./buckets.ts";
import type { ChartSpec, LineSpec } from "./chart.ts";
import type { Tone } from "../target/charts.ts";
import { declaredSpec } from "./declared.ts";
import { afterAnswers, beforeAnswers } from "./own-charts.ts";

export function chartSpecs({ plan, events, series }: Run): readonly ChartSpec[] {
  const find: Find = (metric, where) =>
    matching(series, where === undefined ? { metric } : { metric, where });
  const cores = events.find((event) => event.kind === "started")?.machine.cores;
  const declared = (charts: Charts["ofRun"]): ChartSpec[] =>
    charts.map((chart) => declaredSpec(chart, find));
  return [
    ...(plan.harm === undefined ? [] : harmed(find, plan.harm)),
    ...declared((plan.charts?.ofRun ?? []).map((chart) => missingIn(chart, plan))),
    ...declared(beforeAnswers),
    statuses(find),
    ...declared(afterAnswers(cores)),
  ];
}

/**
 * A record without charts uses those of its time, and its target may never have had such metrics.
 */
function missingIn(chart: DeclaredChart, { metrics }: Run["plan"]): DeclaredChart {
  const isKnown = chart.lines.some(({ metric }) => metricIn(metrics, metric) !== undefined);
  return isKnown ? chart : { ...chart, optional: true };
}

/**
 * Harm to users comes first: the outcomes of each class's requests, and the waits of the first
 * class.
 */
function harmed(find: Find, harm: Harm): ChartSpec[] {
  return [
    ...harm.classes.map((one) => requests(find, harm, one)),
    wait(find, harm),
    heat(find, harm),
  ];
}

const tones: Readonly<Record<string, Tone>> = { late: "late", shed: "shed", lost: "lost" };

/** Stacked: the outline is the number of requests, and the colours are their outcomes. */
function requests(find: Find, { metric, having }: Harm, { lane, title }: HarmedClass): ChartSpec {
  const all = find(metric, { lane });
  const good = Object.values(having)[0] ?? "";
  return {
    id: `${lane}-${metric.replace(/_ms$/, "s")}`,
    title: `${title}: requests by outcome`,
    unit: "/s",
    stacked: true,
    note: "Each colour is an outcome; the outline is the demand.",
    needs: `${metric} of lane ${lane}`,
    lines:
      all.length === 0
        ? []
        : [
            { label: good, tone: "served", measure: rate(find(metric, { lane, ...having })) },
            ...Object.entries(tones).map(
              ([outcome, tone]): LineSpec => ({
                label: outcome,
                tone,
                measure: rate(find(metric, { lane, outcome })),
              }),
            ),
          ],
  };
}

function wait(find: Find, { metric, classes, waitTitle }: Harm): ChartSpec {
  const lane = classes[0]?.lane ?? "";
  const all = find(metric, { lane });
  const quantiles = [
    ["p99", 0.99],
    ["p95", 0.95],
    ["p50", 0.5],
  ] as const;
  return {
    id: `${lane}-wait`,
    title: waitTitle,
    unit: "ms",
    spreadForLog: 40,
    needs: `${metric} of lane ${lane}`,
    note:
      "Measured from the intended start. Exact quantiles of all requests of each interval, " +
      "failed ones included.",
    lines:
      all.length === 0
        ? []
        : quantiles.map(([label, q]) => ({ label, tone: label, measure: quantileOf(all, q) })),
  };
}

/** Every request, so that a small slow group is visible, which quantiles hide. */
function heat(find: Find, { metric, classes, eachTitle }: Harm): ChartSpec {
  const lane = classes[0]?.lane ?? "";
  return {
    id: `${lane}-heat`,
    title: eachTitle,
    unit: "ms",
    needs: `${metric} of lane ${lane}`,
    lines: [],
    heat: find(metric, { lane }),
    note: "The darker, the more requests took that long. Logarithmic scale.",
  };
}

function statuses(find: Find): ChartSpec {
  const all = find("http_req_ms");
  const groups = new Map<string, SeriesData[]>();
  for (const series of all) {
    const label = statusLabel(series.tags["status"] ?? "");
    groups.set(label, [...(groups.get(label) ?? []), series]);
  }
  const byStatus: Readonly<Record<string, Tone>> = {
    "2xx": "served",
    "404 not found": "two",
    "503 unavailable": "shed",
    "no answer": "lost",
    other: "late",
  };
  return {
    id: "http",
    title: "HTTP answers",
    unit: "/s",
    stacked: true,
    needs: "http_req_ms",
    note: "Every request that the load generator made, by status.",
    lines: Object.entries(byStatus).flatMap(([label, tone]) => {
      const series = groups.get(label);
      return series === undefined ? [] : [{ label, tone, measure: rate(series) }];
    }),
  };
}

function statusLabel(status: string): string {
  if (status === "0" || status === "") return "no answer";
  if (status === "404") return "404 not found";
  if (status === "503") return "503 unavailable";
  return status.startsWith("2") ? "2xx" : "other";
}
