/**
 * A chart: lines measured over windows, drawn over time, and summarised per phase in a table that
 * needs no script.
 */
import type { SeriesData } from "../metrics/samples.ts";
import type { Tone } from "../target/charts.ts";
import type { Grid, Measure, PerWindow, Windows } from "./buckets.ts";
import { type Heat, heatOf } from "./heat.ts";

export interface ChartLine {
  readonly label: string;
  readonly tone: Tone;
  readonly unit: string;
  /** `right` has its own scale, for a quantity of another magnitude or kind. */
  readonly axis: "left" | "right";
  readonly values: PerWindow;
  /** The same measure over each whole phase: exact figures, not summaries of the curve. */
  readonly byPhase: PerWindow;
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  /** One sentence on how to read it. */
  readonly note: string;
  readonly unit: string;
  readonly stacked: boolean;
  readonly logarithmic: boolean;
  readonly lines: readonly ChartLine[];
  /** Instead of lines: the number of requests per duration. */
  readonly heat?: Heat;
}

/** A chart before it is measured over a run's windows. */
export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly unit: string;
  readonly stacked?: boolean;
  /** The scale is logarithmic if the highest value is at least this many times the lowest. */
  readonly spreadForLog?: number;
  readonly lines: readonly LineSpec[];
  /** Durations for a heat map instead of lines. */
  readonly heat?: readonly SeriesData[];
  /** What is missing if there are no lines; null if nothing is. */
  readonly needs: string | null;
}

export interface LineSpec {
  readonly label: string;
  readonly tone: Tone;
  readonly measure: Measure;
  readonly unit?: string;
  readonly axis?: "left" | "right";
}

/** Whether the run has no data for the chart. */
export function isEmpty(spec: ChartSpec): boolean {
  return spec.lines.length === 0 && (spec.heat ?? []).every((series) => series.values.length === 0);
}

export function draw(spec: ChartSpec, grid: Grid, phases: Windows): Chart {
  const lines = spec.lines.map((line) => ({
    label: line.label,
    tone: line.tone,
    unit: line.unit ?? spec.unit,
    axis: line.axis ?? "left",
    values: line.measure(grid).map(shortened),
    byPhase: line.measure(phases).map(shortened),
  }));
  const seen = lines
    .filter((line) => line.axis === "left")
    .flatMap((line) => line.values)
    .filter((value) => value !== null && value > 0) as number[];
  const spread =
    seen.length === 0
      ? 1
      : seen.reduce((a, b) => Math.max(a, b)) / seen.reduce((a, b) => Math.min(a, b));
  const { id, title, note, unit } = spec;
  return {
    id,
    title,
    note,
    unit,
    ...(spec.heat === undefined ? {} : { heat: heatOf(spec.heat, grid, phases) }),
    stacked: spec.stacked ?? false,
    logarithmic: spec.spreadForLog !== undefined && spread >= spec.spreadForLog,
    lines,
  };
}

/** Five significant digits exceed what a curve can show; the tables show fewer. */
function shortened(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(5));
}
