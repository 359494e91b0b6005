/** The impact on users, in a few figures per phase. */
import { isPhase, type Phase } from "../base/phases.ts";
import type { Tags } from "../metrics/tags.ts";
import type { Harm, HarmedClass } from "../target/harm.ts";
import type { Run } from "../record/run.ts";
import { matching } from "../metrics/series.ts";
import { count, type Grid, type PerWindow, quantileOf, windowsOf } from "./buckets.ts";
import { measureOf } from "./declared.ts";
import type { Find } from "./find.ts";
import { clip } from "./plain.ts";
import type { Timeline } from "./timeline.ts";

export interface PhaseImpact {
  readonly phase: Phase;
  /** What the pack declares beyond requests, where it was measured. */
  readonly effects: readonly EffectImpact[];
  /** By request class, the most protected first. */
  readonly classes: readonly LaneImpact[];
}

export interface EffectImpact {
  readonly label: string;
  readonly unit: string;
  /** Null without a sample in the phase. */
  readonly value: number | null;
}

export interface LaneImpact {
  readonly lane: string;
  /** What they requested. */
  readonly title: string;
  readonly asked: number;
  /** 0…1, null without requests. */
  readonly servedShare: number | null;
  readonly shed: number;
  readonly p99Ms: number | null;
  /** The highest p99 of any interval of the phase. */
  readonly worstP99Ms: number | null;
}

export function userImpactOf(run: Run, timeline: Timeline, grid: Grid): PhaseImpact[] {
  const spans = timeline.phases.flatMap(({ phase, fromMs, untilMs }) =>
    isPhase(phase)
      ? [{ phase, fromMs: fromMs + timeline.zeroMs, untilMs: untilMs + timeline.zeroMs }]
      : [],
  );
  const { harm } = run.plan;
  const classes = (harm?.classes ?? []).map((one) =>
    laneImpact(run, harm as Harm, one, spans, grid),
  );
  const effects = effectsIn(run, harm, spans);
  return spans.map(({ phase }, index) => ({
    phase,
    effects: effects.map(({ values, ...one }) => ({ ...one, value: values[index] ?? null })),
    classes: classes.flatMap((one) => one[index] ?? []),
  }));
}

interface EffectByPhase extends Omit<EffectImpact, "value"> {
  readonly values: PerWindow;
}

function effectsIn(run: Run, harm: Harm | undefined, spans: readonly Span[]): EffectByPhase[] {
  const find: Find = (metric, where) =>
    matching(run.series, { metric, ...(where === undefined ? {} : { where }) });
  return (harm?.effects?.figures ?? []).flatMap((figure) => {
    const measure = measureOf(figure, find);
    return measure === null
      ? []
      : [
          {
            label: clip(figure.label, 60),
            unit: figure.unit,
            values: measure(windowsOf(spans)),
          },
        ];
  });
}

interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

function laneImpact(
  run: Run,
  { metric, having }: Harm,
  { lane, title }: HarmedClass,
  spans: readonly Span[],
  grid: Grid,
): LaneImpact[] {
  const windows = windowsOf(spans);
  const find = (where?: Tags) => matching(run.series, { metric, where: { lane, ...where } });
  const [asked, served, shed] = [
    count(find())(windows),
    count(find(having))(windows),
    count(find({ outcome: "shed" }))(windows),
  ];
  const p99 = quantileOf(find(), 0.99)(windows);
  const curve = quantileOf(find(), 0.99)(grid);
  return spans.map((span, index) => {
    const total = asked[index] ?? 0;
    const inside = curve.filter((value, bucket) => {
      const middleMs = grid.firstMs + (bucket + 0.5) * grid.widthMs;
      return value !== null && middleMs >= span.fromMs && middleMs < span.untilMs;
    }) as number[];
    return {
      lane: clip(lane, 40),
      title: clip(title, 60),
      asked: total,
      servedShare: total === 0 ? null : (served[index] ?? 0) / total,
      shed: shed[index] ?? 0,
      p99Ms: p99[index] ?? null,
      worstP99Ms: inside.length === 0 ? null : inside.reduce((a, b) => Math.max(a, b)),
    };
  });
}
