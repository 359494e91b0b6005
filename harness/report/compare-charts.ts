/**
 * Overlays the sides of a comparison on one axis: seconds from the start of the baseline, as
 * everywhere. The runs are aligned at the start of the fault phase, where a change shows.
 * Requests of a side's runs are pooled, so a quantile is never a mean of quantiles; rates are per
 * run.
 */
import { isPhase, type Phase } from "../base/phases.ts";
import type { Tags } from "../metrics/tags.ts";
import type { Harm } from "../target/harm.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { carries, matching } from "../metrics/series.ts";
import { count, gridOf, type Measure, quantileOf, windowsOf } from "./buckets.ts";
import { measures } from "./declared.ts";
import { comparedAlways } from "./own-charts.ts";
import { categorical } from "../target/charts.ts";
import { type Chart, type ChartSpec, draw } from "./chart.ts";
import type { ReportModel } from "./model.ts";
import { timelineOf } from "./timeline.ts";
import { rhythmMsOf } from "../target/rhythm.ts";

export interface SideRuns {
  readonly label: string;
  readonly runs: readonly Run[];
}

export type OverlayModel = Pick<ReportModel, "axis" | "phases" | "faults" | "judgedPhases"> & {
  readonly charts: readonly Chart[];
};

/** The shading follows the baseline's first run; all runs have phases of the same length. */
export function overlayOf(sides: readonly SideRuns[]): OverlayModel | null {
  const [first] = sides[0]?.runs ?? [];
  const zeroMs = first === undefined ? null : zeroOf(first);
  if (first === undefined || zeroMs === null) return null;
  const timeline = timelineOf(first);
  const shift = timeline.zeroMs - zeroMs;
  const moved = (ms: number): number => ms + shift;
  const bands = timeline.phases.map((band) => ({
    ...band,
    fromMs: moved(band.fromMs),
    untilMs: moved(band.untilMs),
  }));
  const judged = bands.filter((band): band is typeof band & { phase: Phase } =>
    isPhase(band.phase),
  );
  const [fromMs, untilMs] = [moved(timeline.fromMs), moved(timeline.untilMs)];
  const grid = gridOf(0, fromMs, untilMs, rhythmMsOf(first.plan));
  const aligned = sides.map(({ label, runs }) => ({
    label,
    times: runs.length,
    series: runs.flatMap(fromZero),
  }));
  return {
    axis: {
      fromMs,
      untilMs,
      firstBucketMs: grid.firstMs,
      bucketMs: grid.widthMs,
      buckets: grid.count,
    },
    phases: bands,
    judgedPhases: judged.map((band) => band.phase),
    faults: timeline.faults.map((fault) => ({
      ...fault,
      fromMs: moved(fault.fromMs),
      healedMs: fault.healedMs === null ? null : moved(fault.healedMs),
    })),
    charts: specs(aligned, first.plan)
      .map((spec) => draw(spec, grid, windowsOf(judged)))
      .filter(({ lines }) =>
        lines.some(({ values }) => values.some((value) => value !== null && value !== 0)),
      ),
  };
}

/** Where the baseline began, had it been as long as planned before the fault phase. */
function zeroOf({ events, plan }: Run): number | null {
  const fault = events.find((event) => event.kind === "phase" && event.phase === "fault");
  return fault === undefined ? null : fault.atMs - plan.phasesMs.baseline;
}

function fromZero(run: Run): SeriesData[] {
  const zeroMs = zeroOf(run);
  const { harm, charts } = run.plan;
  const compared = new Set([
    harm?.metric,
    ...[...(charts?.ofComparison ?? []), ...comparedAlways].flatMap(({ lines }) =>
      lines.map(({ metric }) => metric),
    ),
  ]);
  return zeroMs === null
    ? []
    : run.series
        .filter((series) => compared.has(series.metric))
        .map((series) => ({ ...series, atMs: series.atMs.map((atMs) => atMs - zeroMs) }));
}

interface AlignedSide {
  readonly label: string;
  readonly times: number;
  readonly series: readonly SeriesData[];
}

function specs(sides: readonly AlignedSide[], plan: Run["plan"]): ChartSpec[] {
  const { harm, charts } = plan;
  const chart = (
    id: string,
    title: string,
    note: string,
    unit: string,
    metric: string,
    where: Readonly<Record<string, string>>,
    measure: (series: readonly SeriesData[], side: AlignedSide) => Measure,
    more: Partial<ChartSpec> = {},
  ): ChartSpec[] => {
    const lines = sides.map((side, index) => ({
      side,
      tone: categorical[index % categorical.length] ?? "muted",
      series: matching(side.series, { metric, where }),
    }));
    if (lines.every(({ series }) => series.length === 0)) return [];
    return [
      {
        id,
        title,
        note,
        unit,
        needs: "",
        ...more,
        lines: lines
          .filter(({ series }) => series.length > 0)
          .map(({ side, tone, series }) => ({
            label: side.label,
            tone,
            measure: measure(series, side),
          })),
      },
    ];
  };
  const quantile =
    (q: number) =>
    (series: readonly SeriesData[]): Measure =>
      quantileOf(series, q);
  const ofHarm = ({ metric, having, classes }: Harm): ChartSpec[] =>
    classes.flatMap(({ lane, title }, index) => {
      const good = chart(
        `${lane}-served`,
        `${title} served`,
        index === 0 ? "In time and whole." : "What is given up before.",
        "%",
        metric,
        { lane },
        (series) => shareOf(series, having),
      );
      if (index > 0) return good;
      const name = `${lane.charAt(0).toUpperCase()}${lane.slice(1)}`;
      return [
        ...chart(
          `${lane}-p99`,
          `${name} wait, p99`,
          "From the moment a user meant to ask.",
          "ms",
          metric,
          { lane },
          quantile(0.99),
          { spreadForLog: 40 },
        ),
        ...chart(
          `${lane}-p50`,
          `${name} wait, p50`,
          "Half of them wait less.",
          "ms",
          metric,
          { lane },
          quantile(0.5),
          { spreadForLog: 40 },
        ),
        ...good,
      ];
    });
  return [
    ...(harm === undefined ? [] : ofHarm(harm)),
    ...[...(charts?.ofComparison ?? []), ...comparedAlways].flatMap(
      ({ id, title, note, unit, spreadForLog, lines: [line] }) =>
        line === undefined
          ? []
          : chart(
              id,
              title,
              note,
              unit,
              line.metric,
              line.where ?? {},
              (series, { times }) => {
                const { of, perRun } = measures[line.statistic];
                return perRun === true ? divided(of(series), times) : of(series);
              },
              spreadForLog === undefined ? {} : { spreadForLog },
            ),
    ),
  ];
}

/** The percentage of good samples. */
function shareOf(series: readonly SeriesData[], having: Tags): Measure {
  return (windows) => {
    const [all, good] = [
      count(series)(windows),
      count(series.filter(({ tags }) => carries(tags, having)))(windows),
    ];
    return all.map((value, index) =>
      value === null || value === 0 ? null : (100 * (good[index] ?? 0)) / value,
    );
  };
}

function divided(measure: Measure, times: number): Measure {
  return (windows) =>
    measure(windows).map((value) => (value === null ? null : value / Math.max(1, times)));
}
