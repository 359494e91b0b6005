/** Judges one claim in one phase. A claim holds only if it would still hold had every iteration that was never run turned out badly. */
import type { Claim, Comparison, Phase, Selector } from "../experiment.ts";
import type { Finding, SeriesData, Status } from "../run.ts";
import { sourceOf } from "../registry.ts";
import { carries, countIn, eachIn, matching, valuesIn, type Window } from "../series.ts";
import { quantile, sum } from "../statistics.ts";
import { heldBackIn, isLoadDependent, kindestRecord, shadowsOf } from "./stalls.ts";
import { claimId } from "./subjects.ts";
import type { Windows } from "./windows.ts";

/** What a statistic came to. */
export interface Observation {
  readonly value: number | null;
  /** The same, had the dropped iterations been run and turned out as badly as the claim fears. */
  readonly worst: number | null;
  readonly samples: number;
}

const opposite = { "<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==" } as const;
export const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
/** Above this fraction of dropped iterations a statistic without a worst case of its own cannot be trusted. */
const droppedShareMax = 0.01;

/** When the load generator was behind with some of its work, and when with all of it. */
export interface Stalls { readonly any: readonly Window[]; readonly standstills: readonly Window[] }
export const noStalls: Stalls = { any: [], standstills: [] };

export function judgeClaim(claim: Claim, phase: Phase, windows: Windows, all: readonly SeriesData[], stalls: Stalls = noStalls): Finding {
  const window = windows[phase];
  if (window === undefined) return finding(claim, phase, null, null, 0, "inconclusive", `phase ${phase} did not run to an end`);
  const seen = observe(claim, window, all, heldBackIn(claim, window, all, stalls.standstills));
  const limits = limitOf(claim, windows, all);
  if (limits === null) return finding(claim, phase, seen.value, null, seen.samples, "inconclusive", "its limit refers to a phase without enough samples");
  const { limit } = limits;
  if (seen.value === null || seen.samples < Math.max(1, claim.samplesMin)) {
    return finding(claim, phase, seen.value, limit, seen.samples, "inconclusive", `${seen.samples} samples, needs ${Math.max(1, claim.samplesMin)}`);
  }
  if (!compare(seen.value, claim.comparison, limit)) {
    if (window.cutOff && grows(claim) && seen.value < limit) return finding(claim, phase, seen.value, limit, seen.samples, "inconclusive", "the phase was cut off before it could come to that");
    const excuse = excuseOf(claim, window, all, limit, stalls.any);
    if (excuse !== null && phase !== "baseline") return finding(claim, phase, seen.value, limit, seen.samples, "inconclusive", excuse, "generator");
    return violated(claim, phase, seen, limit);
  }
  if (seen.worst === null || limits.worst === null || !compare(seen.worst, claim.comparison, limits.worst)) {
    return finding(claim, phase, seen.value, limit, seen.samples, "inconclusive", "it would not hold if the iterations that the generator dropped or held back had gone badly", "generator");
  }
  return finding(claim, phase, seen.value, limit, seen.samples, "held", "within its limit");
}

/** Why a violation may be the generator's own doing; null when it is there without all that the generator's stalls touched. */
function excuseOf(claim: Claim, window: Window, all: readonly SeriesData[], limit: number, stalls: readonly Window[]): string | null {
  const within = stalls.filter((stall) => stall.fromMs < window.untilMs && window.fromMs < stall.untilMs);
  if (within.length === 0 || !isLoadDependent(claim.metric)) return null;
  const stoodStill = `the load generator stood still for ${(within.reduce((total, stall) => total + stall.untilMs - stall.fromMs, 0) / 1000).toFixed(1)} s`;
  const record = kindestRecord(claim, all, shadowsOf(within));
  const rest = record === null ? null : observe(claim, window, record);
  if (rest?.value !== null && rest?.value !== undefined && !compare(rest.value, claim.comparison, limit)) return null;
  return `beyond its limit, but ${stoodStill}, and what that did not touch ${rest?.value === null || rest === null ? "says nothing" : "is within it"}`;
}

/** Steady state must be there before anything is broken: a claim that fails in the baseline says nothing about the fault. */
function violated(claim: Claim, phase: Phase, seen: Observation, limit: number): Finding {
  if (phase === "baseline") {
    return finding(claim, phase, seen.value, limit, seen.samples, "inconclusive", "not so even before the fault: there was no steady state to disturb");
  }
  return finding(claim, phase, seen.value, limit, seen.samples, "refuted", "beyond its limit");
}

/** `worst` is the limit had the dropped iterations of the phase that it refers to made it as strict as they could; null when that cannot be told. */
function limitOf(claim: Claim, windows: Windows, all: readonly SeriesData[]): { limit: number; worst: number | null } | null {
  if (typeof claim.limit === "number") return { limit: claim.limit, worst: claim.limit };
  const window = windows[claim.limit.of];
  if (window === undefined) return null;
  const { times } = claim.limit;
  const reference = observe({ ...claim, comparison: opposite[claim.comparison] }, window, all);
  if (reference.value === null || reference.samples < Math.max(1, claim.samplesMin)) return null;
  return { limit: reference.value * times, worst: reference.worst === null ? null : reference.worst * times };
}

/** What only ever rises while a phase goes on. */
export function grows(claim: Claim): boolean {
  return claim.statistic === "count" || claim.statistic === "sum";
}

/** Whether a claim was beyond its limit before anything was broken: then the fault did not do it alone. */
export function failsInBaseline({ status, phase, observed, comparison, limit }: Finding): boolean {
  return status === "inconclusive" && phase === "baseline" && observed !== null && comparison !== null && limit !== null && !compare(observed, comparison, limit);
}

/** The claim's statistic over a window, without any judgement. */
export function observe(claim: Claim, window: Window, all: readonly SeriesData[], heldBack = 0): Observation {
  const selected = matching(all, claim);
  const dropped = droppedIn(claim, window, all) + heldBack;
  switch (claim.statistic) {
    case "p50": case "p95": case "p99": {
      const sorted = valuesIn(selected, window).sort();
      const q = quantiles[claim.statistic];
      return extremes(claim.comparison, sorted.length, quantile(sorted, q), quantile(sorted, q, 0, dropped), quantile(sorted, q, dropped));
    }
    case "share": {
      // A reading of a counter stands for as many as it has grown by.
      const sizeOf = (all: readonly SeriesData[]): number => isCounter(selected) ? sum(valuesIn(all, window)) : countIn(all, window);
      const count = sizeOf(selected);
      const good = sizeOf(selected.filter((series) => carries(series.tags, claim.having)));
      return count === 0 ? nothing : extremes(claim.comparison, count, good / count, good / (count + dropped), (good + dropped) / (count + dropped));
    }
    case "ratio": {
      const values = valuesIn(selected, window);
      const parts = countIn(matching(all, claim.per), window);
      // No reading of the numerator is not a numerator of zero.
      if (parts === 0 || values.length === 0) return nothing;
      const per = claim.per.times * parts;
      return tooMany(dropped, parts) ? trusted(sum(values) / per, parts, dropped)
        : extremes(claim.comparison, parts, sum(values) / per, sum(values) / per, (sum(values) + dropped) / per);
    }
    case "max": {
      const values = valuesIn(selected, window);
      const max = values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b));
      return extremes(claim.comparison, values.length, max, max, dropped > 0 ? Number.POSITIVE_INFINITY : max);
    }
    case "count": {
      const count = countIn(selected, window);
      return extremes(claim.comparison, count, count, count, count + dropped);
    }
    case "windowsWithout": return trusted(...windowsWithout(claim, window, all), dropped);
    default: return trusted(...plain(claim.statistic, valuesIn(selected, window), window), dropped);
  }
}

const nothing: Observation = { value: null, worst: null, samples: 0 };

/** Chooses, of the least and the most that a statistic could have come to, the one that a claim with this comparison fears. */
function extremes(comparison: Comparison, samples: number, value: number | null, least: number | null, most: number | null): Observation {
  if (comparison === "==") return { value, worst: most === value ? least : most, samples };
  return { value, worst: comparison === ">" || comparison === ">=" ? least : most, samples };
}

function plain(statistic: "mean" | "sum" | "rate", values: Float64Array, window: Window): [number | null, number] {
  const count = values.length;
  switch (statistic) {
    case "mean": return [count === 0 ? null : sum(values) / count, count];
    case "sum": return [count === 0 ? null : sum(values), count];
    case "rate": return [count === 0 ? null : sum(values) / ((window.untilMs - window.fromMs) / 1000), count];
  }
}

/**
 * Windows in which `claim` selects something although `first` selects nothing. The samples are those windows of which the record says
 * anything: both metrics were seen in the lanes concerned, whatever their other tags.
 */
function windowsWithout(claim: Claim & { statistic: "windowsWithout" }, window: Window, all: readonly SeriesData[]): [number, number] {
  const { by } = claim;
  if (by === undefined) return windowsWithoutIn(claim, window, all);
  const values = new Set(matching(all, inItsLane(claim)).flatMap((series) => series.tags[by] ?? []));
  const each = [...values].map((value) => windowsWithoutIn(claim, window, all.filter((series) => series.tags[by] === value)));
  return [each.reduce((total, [count]) => total + count, 0), each.reduce((total, [, samples]) => total + samples, 0)];
}

function windowsWithoutIn(claim: Claim & { statistic: "windowsWithout" }, window: Window, all: readonly SeriesData[]): [number, number] {
  const slotsOf = (selector: Selector, counts: (value: number) => boolean): Set<number> => {
    const slots = new Set<number>();
    eachIn(matching(all, selector), window, (value, startedMs) => {
      if (counts(value)) slots.add(Math.floor((startedMs - window.fromMs) / claim.windowMs));
    });
    return slots;
  };
  // A counter that was read and has not grown says that nothing happened.
  const happened = (selector: Selector): Set<number> => slotsOf(selector, isCounter(matching(all, selector)) ? (value) => value > 0 : () => true);
  const told = (selector: Selector): Set<number> => slotsOf(inItsLane(selector), () => true);
  const [earlier, toldOfFirst] = [happened(claim.first), told(claim.first)];
  return [[...happened(claim)].filter((index) => !earlier.has(index)).length, [...told(claim)].filter((index) => toldOfFirst.has(index)).length];
}

/** As the record itself says: the harness cannot know every counter of every target. */
function isCounter(series: readonly SeriesData[]): boolean {
  return series.some(({ kind }) => kind === "increment");
}

/** All that is seen in the lane of what a selector selects. */
export function inItsLane({ metric, where }: Selector): Selector {
  const lane = where?.["lane"];
  return lane === undefined ? { metric } : { metric, where: { lane } };
}

function trusted(value: number | null, samples: number, dropped: number): Observation {
  return { value, worst: tooMany(dropped, samples) ? null : value, samples };
}

function tooMany(dropped: number, samples: number): boolean {
  return dropped > droppedShareMax * Math.max(1, samples);
}

/** Dropped iterations that could have yielded samples for this selector: those of its lane, or of any when it names none. */
export function droppedSeries(
  selector: Selector, all: readonly SeriesData[],
): readonly SeriesData[] {
  const source = sourceOf(selector.metric);
  if (source !== "generator" && source !== "edge" && source !== "service") return [];
  return matching(all, inItsLane({ ...selector, metric: "dropped_iterations" }));
}

function droppedIn(selector: Selector, window: Window, all: readonly SeriesData[]): number {
  return sum(valuesIn(droppedSeries(selector, all), window));
}

export function compare(observed: number, comparison: Comparison, limit: number): boolean {
  switch (comparison) {
    case "<": return observed < limit;
    case "<=": return observed <= limit;
    case ">": return observed > limit;
    case ">=": return observed >= limit;
    case "==": return observed === limit;
  }
}

function finding(claim: Claim, phase: Phase, observed: number | null, limit: number | null, samples: number, status: Status, why: string, subject = "target"): Finding {
  return { kind: "claim", id: claimId("claim", claim.title), subject, title: claim.title, status, phase, observed, comparison: claim.comparison, limit, unit: claim.unit ?? "", samples, why };
}
