/**
 * The claim that decided, as a course over time: a violated one, or the tightest of those that
 * held. It takes the judge's own statistic over short windows, beside the limit.
 */
import { isPhase } from "../base/phases.ts";
import { type Claim, statisticOf, unitOf } from "../claims/statistics/registry.ts";
import { compare, observe } from "../judge/claims.ts";
import { allowanceUsed } from "../record/run-index.ts";
import { findingId } from "../record/claim-ids.ts";
import type { Plan } from "../record/plan.ts";
import type { Run } from "../record/run.ts";
import type { Finding, Verdict } from "../record/verdict.ts";
import { decisiveOf } from "../phrases/verdict.ts";
import { rhythmMsOf } from "../target/rhythm.ts";
import { type ClaimRow, claimRow } from "./claim-rows.ts";
import { clip } from "./plain.ts";
import type { Timeline } from "./timeline.ts";

export interface DecidingPoint {
  /** Relative to the axis's zero. */
  readonly atMs: number;
  readonly value: number;
  /** Whether this alone is beyond the limit. */
  readonly beyond: boolean;
}

export interface Deciding {
  /** Of the deciding phase first. */
  readonly rows: readonly ClaimRow[];
  readonly unit: string;
  readonly limit: number | null;
  readonly points: readonly DecidingPoint[];
  /** The length of one window, or null where each point counts from the start of its phase. */
  readonly windowMs: number | null;
}

// A chart of this width shows no more.
const pointsMax = 150;

/** Null where a check of the evidence decided, or nothing was judged. */
export function decidingOf(run: Run, verdict: Verdict, timeline: Timeline): Deciding | null {
  const first = decisive(verdict);
  if (first === null) return null;
  const own = verdict.findings.filter(({ id, kind }) => id === first.id && kind === first.kind);
  const rows = [first, ...own.filter((one) => one !== first)].map(claimRow);
  const base = { rows, unit: clip(first.unit, 12), limit: first.limit };
  const measured = measureOf(run.plan, first);
  if (measured === null) return { ...base, points: [], windowMs: null };
  const { claim, windowMs } = measured;
  const limit = first.kind === "recovery" ? (claim.limit as number) : first.limit;
  const grows = statisticOf(claim).grows;
  const stepMs = stepOf(timeline, windowMs);
  const points = spansOf(timeline, stepMs, grows ? first.phase : null).flatMap(
    ({ fromMs, untilMs }): DecidingPoint[] => {
      const window = { fromMs: timeline.zeroMs + fromMs, untilMs: timeline.zeroMs + untilMs };
      const { value } = observe(claim, window, run.series, run.plan.metrics);
      return value === null || !Number.isFinite(value)
        ? []
        : [
            {
              atMs: grows ? untilMs : (fromMs + untilMs) / 2,
              value,
              beyond: limit !== null && !compare(value, claim.comparison, limit),
            },
          ];
    },
  );
  return { ...base, unit: clip(unitOf(claim), 12), limit, points, windowMs: grows ? null : stepMs };
}

/** Of claims that all held, the one with the least left. */
function decisive(verdict: Verdict): Finding | null {
  if (verdict.status !== "held") {
    const [first] = decisiveOf(verdict);
    return first === undefined || first.kind === "evidence" ? null : first;
  }
  const used = (finding: Finding): number => allowanceUsed(finding) ?? Number.NEGATIVE_INFINITY;
  const claims = verdict.findings.filter(
    ({ status, kind }) => status === "held" && kind !== "evidence",
  );
  return claims.toSorted((a, b) => used(b) - used(a))[0] ?? null;
}

/** A recovery is the share of good samples, in its own windows. */
function measureOf(
  plan: Plan,
  { id, kind }: Finding,
): { readonly claim: Claim; readonly windowMs: number } | null {
  const { hypothesis, recovery } = plan;
  const rhythmMs = rhythmMsOf(plan);
  const windowMs = Math.max(1, Math.ceil(1_000 / rhythmMs)) * rhythmMs;
  if (kind === "recovery" && recovery !== null) {
    const { title, goodput, having, shareMin } = recovery;
    return {
      claim: {
        title,
        statistic: "share",
        metric: goodput.metric,
        ...(goodput.where === undefined ? {} : { where: goodput.where }),
        having,
        comparison: ">=",
        limit: shareMin,
        during: ["recovery"],
        samplesMin: 1,
      },
      windowMs: recovery.windowMs,
    };
  }
  const claim = hypothesis.find((one) => findingId("claim", one) === id);
  return claim === undefined ? null : { claim, windowMs };
}

interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A long run has longer windows. */
function stepOf({ fromMs, untilMs }: Timeline, windowMs: number): number {
  return windowMs * Math.max(1, Math.ceil((untilMs - fromMs) / windowMs / pointsMax));
}

/** Windows side by side in each phase, so that none holds two; `growsIn`: all from its start. */
function spansOf({ phases }: Timeline, stepMs: number, growsIn: string | null): Span[] {
  const judged = phases.filter(({ phase }) =>
    growsIn === null ? isPhase(phase) : phase === growsIn,
  );
  return judged.flatMap(({ fromMs, untilMs }) =>
    Array.from({ length: Math.floor((untilMs - fromMs) / stepMs + 0.01) }, (_, index) => ({
      fromMs: growsIn === null ? fromMs + index * stepMs : fromMs,
      untilMs: Math.min(untilMs, fromMs + (index + 1) * stepMs),
    })),
  );
}
