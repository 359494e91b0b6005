/**
 * Judges one claim in one phase. A claim holds only if it would hold with every dropped iteration
 * counted as a failure.
 */
import { type Claim, statisticOf, unitOf } from "../claims/statistics/registry.ts";
import type { Comparison } from "../claims/claim.ts";
import type { Phase } from "../base/phases.ts";
import type { Selector, SeriesData } from "../metrics/samples.ts";
import type { ClaimFacts, FactIn } from "../record/facts.ts";
import type { Judged, Status } from "../record/verdict.ts";
import { isLoadDependent, type Registry } from "../metrics/metrics.ts";
import { matching, valuesIn, type Window } from "../metrics/series.ts";
import { sum } from "../base/statistics.ts";
import { delayedIn, mostFavourableRecord, withCatchUp } from "./stalls.ts";
import { type Doubt, inItsLane, type Observation } from "../claims/statistics/statistic.ts";
import { findingId } from "../record/claim-ids.ts";
import type { Windows } from "./windows.ts";

const opposite = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==" } as const;

/** The windows in which the load generator was late with some of its work, or with all of it. */
export interface Stalls {
  readonly any: readonly Window[];
  readonly standstills: readonly Window[];
}
export const noStalls: Stalls = { any: [], standstills: [] };

type ClaimFact = FactIn<ClaimFacts>;

const doubts = {
  before: { fact: "on-before-fault" },
  never: { fact: "never-on" },
  short: { fact: "too-short" },
} as const satisfies Record<Doubt, ClaimFact>;

export function judgeClaim(
  claim: Claim,
  phase: Phase,
  windows: Windows,
  all: readonly SeriesData[],
  registry: Registry,
  stalls: Stalls = noStalls,
): Judged {
  const window = windows[phase];
  if (window === undefined)
    return finding(claim, phase, null, null, 0, "inconclusive", {
      fact: "phase-unfinished",
      phase,
    });
  const heldBack = delayedIn(claim, window, all, stalls.standstills, registry);
  const seen = observe(claim, window, all, registry, heldBack);
  const limits = limitOf(claim, windows, all, registry);
  const limit = limits?.limit ?? null;
  const found = (status: Status, fact: ClaimFact, subject?: string): Judged =>
    finding(claim, phase, seen.value, limit, seen.samples, status, fact, subject);
  if (limits === null || limit === null)
    return found("inconclusive", {
      fact: "reference-too-few-samples",
      phase: typeof claim.limit === "number" ? phase : claim.limit.of,
    });
  const minSamples = Math.max(1, claim.samplesMin);
  if (seen.doubt !== undefined) return found("inconclusive", doubts[seen.doubt]);
  if (seen.value === null || seen.samples < minSamples)
    return found("inconclusive", { fact: "too-few-samples", samples: seen.samples, minSamples });
  if (!compare(seen.value, claim.comparison, limit)) {
    if (window.cutOff && statisticOf(claim).grows && seen.value < limit)
      return found("inconclusive", { fact: "cut-off" });
    // The steady state must exist before any fault: a claim that fails in the baseline says nothing
    // about the fault.
    if (phase === "baseline") return found("inconclusive", { fact: "beyond-limit-in-baseline" });
    const excuse = mitigatingReason(claim, window, all, registry, limit, stalls.any);
    return excuse === null
      ? found("refuted", { fact: "beyond-limit" })
      : found("inconclusive", excuse, "generator");
  }
  if (
    seen.worst === null ||
    limits.worst === null ||
    !compare(seen.worst, claim.comparison, limits.worst)
  )
    return found("inconclusive", { fact: "depends-on-dropped" }, "generator");
  return found("held", { fact: "within-limit" });
}

/**
 * Why generator stalls may have caused a violation; null if it persists without the affected
 * samples.
 */
function mitigatingReason(
  claim: Claim,
  window: Window,
  all: readonly SeriesData[],
  registry: Registry,
  limit: number,
  stalls: readonly Window[],
): ClaimFact | null {
  const within = stalls.filter(
    (stall) => stall.fromMs < window.untilMs && window.fromMs < stall.untilMs,
  );
  if (within.length === 0 || !isLoadDependent(registry, claim.metric)) return null;
  const record = mostFavourableRecord(claim, all, withCatchUp(within));
  const rest = record === null ? null : observe(claim, window, record, registry).value;
  if (rest !== null && !compare(rest, claim.comparison, limit)) return null;
  return {
    fact: "generator-stalled",
    stalledMs: sum(within.map(({ fromMs, untilMs }) => untilMs - fromMs)),
    rest: rest === null ? "nothing" : "within-limit",
  };
}

/**
 * `worst` is the strictest limit consistent with the reference phase's dropped iterations; null if
 * unknown.
 */
function limitOf(
  claim: Claim,
  windows: Windows,
  all: readonly SeriesData[],
  registry: Registry,
): { limit: number; worst: number | null } | null {
  if (typeof claim.limit === "number") return { limit: claim.limit, worst: claim.limit };
  const window = windows[claim.limit.of];
  if (window === undefined) return null;
  const { times } = claim.limit;
  const reference = observe(
    { ...claim, comparison: opposite[claim.comparison] },
    window,
    all,
    registry,
  );
  if (reference.value === null || reference.samples < Math.max(1, claim.samplesMin)) return null;
  return {
    limit: reference.value * times,
    worst: reference.worst === null ? null : reference.worst * times,
  };
}

/**
 * Whether a claim was beyond its limit before any fault, so that the fault is not the only cause.
 */
export function failsInBaseline({ status, phase, observed, comparison, limit }: Judged): boolean {
  return (
    status === "inconclusive" &&
    phase === "baseline" &&
    observed !== null &&
    comparison !== null &&
    limit !== null &&
    !compare(observed, comparison, limit)
  );
}

/** The claim's statistic over a window, without a status. */
export function observe(
  claim: Claim,
  window: Window,
  all: readonly SeriesData[],
  registry: Registry,
  heldBack = 0,
): Observation {
  const dropped = droppedIn(claim, window, all, registry) + heldBack;
  return statisticOf(claim).observe(claim, {
    window,
    all,
    selected: matching(all, claim),
    dropped,
  });
}

/**
 * Dropped iterations that could have produced samples for this selector: those of its lane, or all
 * if it names none.
 */
export function droppedSeries(
  selector: Selector,
  all: readonly SeriesData[],
  registry: Registry,
): readonly SeriesData[] {
  if (!isLoadDependent(registry, selector.metric)) return [];
  return matching(all, inItsLane({ ...selector, metric: "dropped_iterations" }));
}

function droppedIn(
  selector: Selector,
  window: Window,
  all: readonly SeriesData[],
  registry: Registry,
): number {
  return sum(valuesIn(droppedSeries(selector, all, registry), window));
}

export function compare(observed: number, comparison: Comparison, limit: number): boolean {
  switch (comparison) {
    case "<":
      return observed < limit;
    case "<=":
      return observed <= limit;
    case ">":
      return observed > limit;
    case ">=":
      return observed >= limit;
    case "==":
      return observed === limit;
  }
}

function finding(
  claim: Claim,
  phase: Phase,
  observed: number | null,
  limit: number | null,
  samples: number,
  status: Status,
  fact: ClaimFact,
  subject = "target",
): Judged {
  return {
    kind: "claim",
    id: findingId("claim", claim),
    subject,
    title: claim.title,
    status,
    phase,
    observed,
    comparison: claim.comparison,
    limit,
    unit: unitOf(claim),
    samples,
    values: [fact],
  };
}
