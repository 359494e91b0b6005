/** What viewers felt, in a few figures for each phase. */
import type { Phase } from "../core/experiment.ts";
import type { Run } from "../core/run.ts";
import { matching } from "../core/series.ts";
import { count, type Grid, quantileOf, windowsOf } from "./buckets.ts";
import { isPhase } from "../core/format.ts";
import type { Timeline } from "./timeline.ts";

export interface Felt {
  readonly phase: Phase;
  readonly live: LaneFelt;
  readonly dvr: LaneFelt;
}

export interface LaneFelt {
  readonly asked: number;
  /** 0…1, null when nobody asked. */
  readonly servedShare: number | null;
  readonly shed: number;
  readonly p99Ms: number | null;
  /** The highest p99 of any interval of the phase. */
  readonly worstP99Ms: number | null;
}

export function feltOf(run: Run, timeline: Timeline, grid: Grid): Felt[] {
  const spans = timeline.phases.flatMap(({ phase, fromMs, untilMs }) =>
    (isPhase(phase) ? [{ phase, fromMs: fromMs + timeline.zeroMs, untilMs: untilMs + timeline.zeroMs }] : []));
  const [live, dvr] = [laneFelt(run, "live", spans, grid), laneFelt(run, "dvr", spans, grid)];
  return spans.map(({ phase }, index) => ({ phase, live: live[index] ?? nobody, dvr: dvr[index] ?? nobody }));
}

const nobody: LaneFelt = { asked: 0, servedShare: null, shed: 0, p99Ms: null, worstP99Ms: null };

function laneFelt(run: Run, lane: string, spans: readonly { readonly fromMs: number; readonly untilMs: number }[], grid: Grid): LaneFelt[] {
  const windows = windowsOf(spans);
  const find = (outcome?: string) => matching(run.series, { metric: "segment_ms", where: outcome === undefined ? { lane } : { lane, outcome } });
  const [asked, served, shed] = [count(find())(windows), count(find("served"))(windows), count(find("shed"))(windows)];
  const p99 = quantileOf(find(), 0.99)(windows);
  const curve = quantileOf(find(), 0.99)(grid);
  return spans.map((span, index) => {
    const total = asked[index] ?? 0;
    const inside = curve.filter((value, bucket) => {
      const middleMs = grid.firstMs + (bucket + 0.5) * grid.widthMs;
      return value !== null && middleMs >= span.fromMs && middleMs < span.untilMs;
    }) as number[];
    return {
      asked: total, servedShare: total === 0 ? null : (served[index] ?? 0) / total, shed: shed[index] ?? 0,
      p99Ms: p99[index] ?? null, worstP99Ms: inside.length === 0 ? null : inside.reduce((a, b) => Math.max(a, b)),
    };
  });
}
