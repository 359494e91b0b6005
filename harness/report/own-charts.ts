/** The charts of the harness's own metrics, which any run can have. */
import { entryTag } from "../metrics/tags.ts";
import type { DeclaredChart, DeclaredLine } from "../target/charts.ts";

const ofCanary = { metric: "canary_ms" } as const;
const prober: DeclaredChart = {
  id: "canary",
  title: "The harness’s own prober",
  unit: "ms",
  spreadForLog: 40,
  note:
    "Slowest answer of each service that it asks, measured apart from the load generator;" +
    " failures are counted on the right scale.",
  only: ofCanary,
  lines: [
    { ...ofCanary, statistic: "highest", by: entryTag },
    {
      ...ofCanary,
      statistic: "count",
      except: { outcome: ["served", "ok", ""] },
      label: "failed",
      tone: "lost",
      unit: "",
      axis: "right",
    },
  ],
};

export function processor(cores: number | undefined): DeclaredChart {
  return {
    id: "processor",
    title: "Processor",
    unit: "cores",
    stacked: true,
    note:
      "Cores in use by service, with the load generator (k6) and the harness " +
      `(seawall)${cores === undefined ? "" : `; this machine has ${cores}`}.`,
    lines: [{ metric: "cpu_seconds", statistic: "growth", by: "service" }],
  };
}

const memory: DeclaredChart = {
  id: "memory",
  title: "Memory",
  unit: "B",
  stacked: true,
  note: "Resident memory of each service, highest reading of each interval.",
  lines: [{ metric: "resident_bytes", statistic: "peak", by: "service" }],
};

const late = (statistic: "p50" | "p99"): DeclaredLine => ({
  metric: "start_late_ms",
  statistic,
  label: `${statistic} late`,
  tone: statistic,
});

const generator: DeclaredChart = {
  id: "generator",
  title: "Can the load generator be trusted?",
  unit: "ms",
  note:
    "How late iterations began, and iterations that were dropped (right scale). Where both " +
    "are near zero, the figures above are the target's.",
  only: { metric: "start_late_ms" },
  lines: [
    late("p99"),
    late("p50"),
    {
      metric: "dropped_iterations",
      statistic: "happened",
      label: "dropped iterations",
      tone: "lost",
      unit: "/s",
      axis: "right",
    },
  ],
};

export const beforeAnswers: readonly DeclaredChart[] = [prober];
export const afterAnswers = (cores: number | undefined): readonly DeclaredChart[] => [
  processor(cores),
  memory,
  generator,
];

export const comparedAlways: readonly DeclaredChart[] = [
  {
    ...processor(undefined),
    note: "All services, generator and harness.",
    lines: [{ metric: "cpu_seconds", statistic: "growth" }],
  },
  {
    ...memory,
    note: "Resident, all services.",
    lines: [{ metric: "resident_bytes", statistic: "peak" }],
  },
];
