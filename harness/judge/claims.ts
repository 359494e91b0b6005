/** Judges one claim in one phase. A claim holds only if it would still hold had every iteration that was never run turned out badly. */
import { type Claim, statisticOf } from "../claims/statistics/registry.ts";
import type { Comparison } from "../claims/claim.ts";
import type { Phase } from "../base/phases.ts";
import type { Selector, SeriesData } from "../metrics/samples.ts";
import type { Finding, Status } from "../record/verdict.ts";
import { isLoadDependent, type Registry } from "../metrics/metrics.ts";
import { matching, valuesIn, type Window } from "../metrics/series.ts";
import { sum } from "../base/statistics.ts";
import { heldBackIn, kindestRecord, shadowsOf } from "./stalls.ts";
import { inItsLane, type Observation } from "../claims/statistics/statistic.ts";
import { claimId } from "./subjects.ts";
import type { Windows } from "./windows.ts";

const opposite = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==" } as const;

/** When the load generator was behind with some of its work, and when with all of it. */
export interface Stalls {
  readonly any: readonly Window[];
  readonly standstills: readonly Window[];
}
export const noStalls: Stalls = { any: [], standstills: [] };

export function judgeClaim(
  claim: Claim,
  phase: Phase,
  windows: Windows,
  all: readonly SeriesData[],
  registry: Registry,
  stalls: Stalls = noStalls,
): Finding {
  const window = windows[phase];
  if (window === undefined) {
    const why = `phase ${phase} did not run to an end`;
    return finding(claim, phase, null, null, 0, "inconclusive", why);
  }
  const heldBack = heldBackIn(claim, window, all, stalls.standstills, registry);
  const seen = observe(claim, window, all, registry, heldBack);
  const limits = limitOf(claim, windows, all, registry);
  const limit = limits?.limit ?? null;
  const found = (status: Status, why: string, subject?: string): Finding =>
    finding(claim, phase, seen.value, limit, seen.samples, status, why, subject);
  if (limits === null || limit === null)
    return found("inconclusive", "its limit refers to a phase without enough samples");
  const samplesMin = Math.max(1, claim.samplesMin);
  if (seen.value === null || seen.samples < samplesMin)
    return found("inconclusive", `${seen.samples} samples, needs ${samplesMin}`);
  if (!compare(seen.value, claim.comparison, limit)) {
    if (window.cutOff && statisticOf(claim).grows && seen.value < limit)
      return found("inconclusive", "the phase was cut off before it could come to that");
    // Steady state must be there before anything is broken: a claim that fails in the baseline says
    // nothing about the fault.
    if (phase === "baseline")
      return found(
        "inconclusive",
        "not so even before the fault: there was no steady state to disturb",
      );
    const excuse = excuseOf(claim, window, all, registry, limit, stalls.any);
    return excuse === null
      ? found("refuted", "beyond its limit")
      : found("inconclusive", excuse, "generator");
  }
  if (
    seen.worst === null ||
    limits.worst === null ||
    !compare(seen.worst, claim.comparison, limits.worst)
  )
    return found(
      "inconclusive",
      "it would not hold if the iterations that the generator dropped or held back had gone badly",
      "generator",
    );
  return found("held", "within its limit");
}

/** Why a violation may be the generator's own doing; null when it is there without all that the generator's stalls touched. */
function excuseOf(
  claim: Claim,
  window: Window,
  all: readonly SeriesData[],
  registry: Registry,
  limit: number,
  stalls: readonly Window[],
): string | null {
  const within = stalls.filter(
    (stall) => stall.fromMs < window.untilMs && window.fromMs < stall.untilMs,
  );
  if (within.length === 0 || !isLoadDependent(registry, claim.metric)) return null;
  const stoodStill = `the load generator stood still for ${(within.reduce((total, stall) => total + stall.untilMs - stall.fromMs, 0) / 1000).toFixed(1)} s`;
  const record = kindestRecord(claim, all, shadowsOf(within));
  const rest = record === null ? null : observe(claim, window, record, registry);
  if (
    rest?.value !== null &&
    rest?.value !== undefined &&
    !compare(rest.value, claim.comparison, limit)
  )
    return null;
  return `beyond its limit, but ${stoodStill}, and what that did not touch ${rest?.value === null || rest === null ? "says nothing" : "is within it"}`;
}

/** `worst` is the limit had the dropped iterations of the phase that it refers to made it as strict as they could; null when that cannot be told. */
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

/** Whether a claim was beyond its limit before anything was broken: then the fault did not do it alone. */
export function failsInBaseline({ status, phase, observed, comparison, limit }: Finding): boolean {
  return (
    status === "inconclusive" &&
    phase === "baseline" &&
    observed !== null &&
    comparison !== null &&
    limit !== null &&
    !compare(observed, comparison, limit)
  );
}

/** The claim's statistic over a window, without any judgement. */
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

/** Dropped iterations that could have yielded samples for this selector: those of its lane, or of any when it names none. */
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
  why: string,
  subject = "target",
): Finding {
  return {
    kind: "claim",
    id: claimId("claim", claim.title),
    subject,
    title: claim.title,
    status,
    phase,
    observed,
    comparison: claim.comparison,
    limit,
    unit: claim.unit ?? "",
    samples,
    why,
  };
}
