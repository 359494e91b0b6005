/**
 * What a chart is: lines measured over windows, drawn over time, and summed up for each phase in a
 * table that needs no script.
 */
import type { SeriesData } from "../metrics/samples.ts";
import type { Tone } from "../target/charts.ts";
import type { Grid, Measure, PerWindow, Windows } from "./buckets.ts";
import { type Heat, heatOf } from "./heat.ts";

export interface ChartLine {
  readonly label: string;
  readonly tone: Tone;
  readonly unit: string;
  /** `right` has a scale of its own, for a quantity of another size or kind. */
  readonly axis: "left" | "right";
  readonly values: PerWindow;
  /** The same measure over each whole phase: true figures, not summaries of the curve. */
  readonly byPhase: PerWindow;
}

export interface Chart {
  readonly id: string;
  readonly title: string;
  /** How to read it, in a sentence. */
  readonly note: string;
  readonly unit: string;
  readonly stacked: boolean;
  readonly logarithmic: boolean;
  readonly lines: readonly ChartLine[];
  /** Instead of lines: how many requests took how long. */
  readonly heat?: Heat;
}

/** A chart before it has met a run's windows. */
export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly unit: string;
  readonly stacked?: boolean;
  /** A logarithmic scale where the highest value is this many times the lowest. */
  readonly spreadForLog?: number;
  readonly lines: readonly LineSpec[];
  /** Durations to draw as a heat map instead of lines. */
  readonly heat?: readonly SeriesData[];
  /** What is missing when there are no lines; null where nothing is. */
  readonly needs: string | null;
}

export interface LineSpec {
  readonly label: string;
  readonly tone: Tone;
  readonly measure: Measure;
  readonly unit?: string;
  readonly axis?: "left" | "right";
}

/** Whether a run has anything for it to show. */
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

/** Five significant digits are more than a curve can show; the tables show fewer. */
function shortened(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(5));
}
