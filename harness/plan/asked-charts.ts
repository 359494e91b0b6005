/**
 * Charts of metrics that claims are on and that no pack draws: a reader of a claim's verdict sees
 * its figure over time.
 */
import { selectorsOf, statisticOf } from "../claims/statistics/registry.ts";
import type { Claim } from "../claims/statistics/registry.ts";
import { type Metric, metricIn, type Registry } from "../metrics/metrics.ts";
import type { Charts, DeclaredChart, DeclaredLine } from "../target/charts.ts";
import type { Harm } from "../target/harm.ts";

/** Each report has charts of these. */
const drawnAlways = [
  "http_req_ms",
  "canary_ms",
  "start_late_ms",
  "dropped_iterations",
  "cpu_seconds",
  "fault_in_force",
  "resident_bytes",
];

export function withAsked(
  { ofRun, ofComparison }: Charts,
  claims: readonly Claim[],
  registry: Registry,
  harm: Harm | undefined,
): Charts {
  const drawn = new Set([
    ...drawnAlways,
    ...ofRun.flatMap(({ lines }) => lines.map(({ metric }) => metric)),
    ...(harm === undefined ? [] : [harm.metric]),
  ]);
  const asked = Map.groupBy(
    claims.flatMap((claim) => selectorsOf(claim).map(({ metric }) => ({ metric, claim }))),
    ({ metric }) => metric,
  );
  const own = [...asked].flatMap(([name, all]) => {
    const metric = metricIn(registry, name);
    return metric === undefined || drawn.has(name)
      ? []
      : [
          chartOf(
            name,
            metric,
            all.map(({ claim }) => claim),
          ),
        ];
  });
  return {
    ofRun: [...ofRun, ...own],
    ofComparison: [
      ...ofComparison,
      ...own.map((chart) => ({ ...chart, lines: chart.lines.slice(0, 1).map(together) })),
    ],
  };
}

/** A comparison draws one line for each side. */
function together({ by: _, ...line }: DeclaredLine): DeclaredLine {
  return line;
}

function chartOf(name: string, metric: Metric, claims: readonly Claim[]): DeclaredChart {
  const { kind, unit, meaning, title = name.replaceAll("_", " ") } = metric;
  const lines = linesOf(name, metric, claims);
  const readAs = {
    duration: "Exact quantiles of all samples of each interval.",
    increment: "By how much it grew, per second.",
    gauge: "The highest reading of each interval.",
    event: "The mean of all samples of each interval.",
  }[kind];
  return {
    id: `asked-${name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replaceAll(/^-|-$/g, "")}`,
    title: `${title.charAt(0).toUpperCase()}${title.slice(1)}`,
    note: `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}. ${readAs}`,
    unit: kind === "increment" ? `${unit}/s` : unit,
    ...(kind === "duration" ? { spreadForLog: 40 } : {}),
    lines,
  };
}

function linesOf(metric: string, known: Metric, claims: readonly Claim[]): DeclaredLine[] {
  // What a claim counts a part of is drawn by that tag.
  const counted = claims
    .map((claim) => Object.keys(statisticOf(claim).having(claim) ?? {})[0])
    .find((tag) => tag !== undefined);
  const by = counted ?? (known.tags.includes("service") ? "service" : undefined);
  const apart = by === undefined ? { label: metric } : { by };
  switch (known.kind) {
    case "duration":
      return (["p99", "p95", "p50"] as const).map((statistic) => ({
        metric,
        statistic,
        label: statistic,
        tone: statistic,
      }));
    case "increment":
      return [{ metric, statistic: "growth", ...apart }];
    case "gauge":
      return [{ metric, statistic: "highest", ...apart }];
    case "event":
      return [{ metric, statistic: "mean", label: "mean", tone: "p50" }];
  }
}
