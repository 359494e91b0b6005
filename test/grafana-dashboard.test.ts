/**
 * The dashboard asks for nothing that no run sends. The names are those that Prometheus makes of
 * OpenTelemetry's: https://prometheus.io/docs/guides/opentelemetry/#utf-8. The dashboard was not
 * yet seen in Grafana.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ownMetrics } from "../harness/metrics/own-metrics.ts";
import type { Metric, Registry } from "../harness/metrics/metrics.ts";
import { spansOf } from "../harness/telemetry/spans.ts";
import { nameOf } from "../harness/telemetry/totals.ts";
import { metrics } from "../targets/live-streaming/pack/metrics.ts";
import { stormRun } from "./support/report/storm-run.ts";

interface Query {
  readonly expr: string;
  readonly legendFormat?: string;
  readonly titleFormat?: string;
}
interface Dashboard {
  readonly annotations: { readonly list: readonly Query[] };
  readonly panels: readonly { readonly title: string; readonly targets: readonly Query[] }[];
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly current?: { readonly value: string };
    }[];
  };
}

const path = join(import.meta.dirname, "../examples/grafana/dashboard.json");
const dashboard = JSON.parse(readFileSync(path, "utf8")) as Dashboard;
const units: Readonly<Record<string, string>> = {
  ms: "_milliseconds",
  s: "_seconds",
  By: "_bytes",
  "": "",
};

/** Prometheus' names of one metric, and its labels. */
function namesOf(metric: string, { kind }: Pick<Metric, "kind">): string[] {
  const { name, unit } = nameOf(metric);
  const base = name.replaceAll(".", "_") + (units[unit] ?? expect.unreachable(unit));
  if (kind === "duration") return ["_bucket", "_sum", "_count"].map((part) => base + part);
  return [kind === "gauge" ? base : `${base}_total`];
}

const registry: Registry = { ...ownMetrics, ...metrics };
const labels = new Map<string, Set<string>>();
for (const [metric, known] of Object.entries(registry))
  for (const name of namesOf(metric, known))
    labels.set(name, new Set([...known.tags, "instance", "job", "le"]));
for (const { name, gauge } of spansOf(stormRun().run.events, Number.POSITIVE_INFINITY).flatMap(
  (span) => span.at([Date.now()], "0"),
))
  labels.set(
    name.replaceAll(".", "_"),
    new Set(["instance", ...(gauge?.dataPoints[0]?.attributes ?? []).map(({ key }) => key)]),
  );

const wait = dashboard.templating.list.find(({ name }) => name === "wait")?.current?.value ?? "";
const queries = [
  ...dashboard.annotations.list.map((query) => ["annotation", query] as const),
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map((query) => [title, query] as const),
  ),
];

describe("the Grafana dashboard", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Grafana's variable
  it.each(queries.map(([title, query]) => [title, query.expr.replaceAll("${wait}", wait), query]))(
    "%s asks for what a run sends: %s",
    (_title, expr, { legendFormat = "", titleFormat = "" }) => {
      const [name = "", ...more] = expr.match(/seawall_\w+/g) ?? [];
      expect(more).toEqual([]);
      expect([...labels.keys()]).toContain(name);
      const known = labels.get(name) ?? new Set();
      const grouped = /by \(([^)]*)\)/.exec(expr)?.[1]?.split(", ") ?? [];
      const filtered = [...expr.matchAll(/[{,]\s*(\w+)=~?"/g)].map((match) => match[1] ?? "");
      const shown = [...(legendFormat + titleFormat).matchAll(/\{\{(\w+)\}\}/g)].map(
        (match) => match[1] ?? "",
      );
      for (const label of [...grouped, ...filtered, ...shown]) expect([...known]).toContain(label);
      // A legend names only what is left after the sum.
      if (grouped.length > 0) for (const label of shown) expect(grouped).toContain(label);
    },
  );

  it("marks phases and faults as annotations", () => {
    const marked = dashboard.annotations.list.map(({ expr }) => /seawall_\w+/.exec(expr)?.[0]);
    expect(marked).toEqual(["seawall_fault", "seawall_phase"]);
  });
});
