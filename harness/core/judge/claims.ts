/** Judges one claim in one phase. A claim holds only if it would still hold had every iteration that was never run turned out badly. */
import type { Claim, Comparison, Phase } from "../experiment.ts";
import type { Finding, SeriesData, Status } from "../run.ts";
import { carries, eachIn, matching, valuesIn, type Window } from "../series.ts";
import { quantile, sum } from "../statistics.ts";
import type { Windows } from "./windows.ts";

/** What a statistic came to. */
export interface Observation {
  readonly value: number | null;
  /** The same, had the dropped iterations been run and turned out as badly as the claim fears. */
  readonly worst: number | null;
  readonly samples: number;
}

const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
/** Above this fraction of dropped iterations a statistic without a worst case of its own cannot be trusted. */
const droppedShareMax = 0.01;

export function judgeClaim(claim: Claim, phase: Phase, windows: Windows, all: readonly SeriesData[]): Finding {
  const window = windows[phase];
  if (window === undefined) return finding(claim, phase, null, null, 0, "inconclusive", `phase ${phase} did not run to an end`);
  const seen = observe(claim, window, all);
  const limit = limitOf(claim, windows, all);
  if (limit === null) return finding(claim, phase, seen.value, null, seen.samples, "inconclusive", "its limit refers to a phase without enough samples");
  if (seen.value === null || seen.samples < Math.max(1, claim.samplesMin)) {
    return finding(claim, phase, seen.value, limit, seen.samples, "inconclusive", `${seen.samples} samples, needs ${Math.max(1, claim.samplesMin)}`);
  }
  if (!compare(seen.value, claim.comparison, limit)) return violated(claim, phase, seen, limit);
  if (seen.worst === null || !compare(seen.worst, claim.comparison, limit)) {
    return finding(claim, phase, seen.value, limit, seen.samples, "inconclusive", "it would not hold if the iterations that the generator dropped had gone badly");
  }
  return finding(claim, phase, seen.value, limit, seen.samples, "held", "within its limit");
}

/** Steady state must be there before anything is broken: a claim that fails in the baseline says nothing about the fault. */
function violated(claim: Claim, phase: Phase, seen: Observation, limit: number): Finding {
  if (phase === "baseline") {
    return finding(claim, phase, seen.value, limit, seen.samples, "inconclusive", "not so even before the fault: there was no steady state to disturb");
  }
  return finding(claim, phase, seen.value, limit, seen.samples, "refuted", "beyond its limit");
}

function limitOf(claim: Claim, windows: Windows, all: readonly SeriesData[]): number | null {
  if (typeof claim.limit === "number") return claim.limit;
  const window = windows[claim.limit.of];
  if (window === undefined) return null;
  const reference = observe(claim, window, all);
  return reference.value === null || reference.samples < Math.max(1, claim.samplesMin) ? null : reference.value * claim.limit.times;
}

/** The claim's statistic over a window, without any judgement. */
export function observe(claim: Claim, window: Window, all: readonly SeriesData[]): Observation {
  const selected = matching(all, claim);
  const dropped = droppedIn(claim, window, all);
  switch (claim.statistic) {
    case "p50": case "p95": case "p99": {
      const sorted = valuesIn(selected, window).sort();
      const q = quantiles[claim.statistic];
      return { value: quantile(sorted, q), worst: quantile(sorted, q, rising(claim.comparison) ? 0 : dropped), samples: sorted.length };
    }
    case "share": {
      let good = 0, count = 0;
      eachIn(selected, window, (_value, _at, tags) => { count++; if (carries(tags, claim.having)) good++; });
      const worstGood = rising(claim.comparison) ? good : good + dropped;
      return { value: count === 0 ? null : good / count, worst: count === 0 ? null : worstGood / (count + dropped), samples: count };
    }
    case "ratio": {
      const values = valuesIn(selected, window);
      let parts = 0;
      eachIn(matching(all, claim.per), window, () => { parts++; });
      const value = parts === 0 ? null : sum(values) / (claim.per.times * parts);
      return trusted(value, parts, dropped);
    }
    case "windowsWithout": return trusted(...windowsWithout(claim, window, all), dropped);
    default: return trusted(...plain(claim.statistic, valuesIn(selected, window), window), dropped);
  }
}

function plain(statistic: "max" | "mean" | "sum" | "count" | "rate", values: Float64Array, window: Window): [number | null, number] {
  const count = values.length;
  switch (statistic) {
    case "max": return [count === 0 ? null : values.reduce((a, b) => Math.max(a, b)), count];
    case "mean": return [count === 0 ? null : sum(values) / count, count];
    case "sum": return [count === 0 ? null : sum(values), count];
    case "count": return [count, count];
    case "rate": return [count === 0 ? null : sum(values) / ((window.untilMs - window.fromMs) / 1000), count];
  }
}

/** Windows in which `claim` selects something although `first` selects nothing; the number of windows is the number of samples. */
function windowsWithout(claim: Claim & { statistic: "windowsWithout" }, window: Window, all: readonly SeriesData[]): [number, number] {
  const later = new Set<number>();
  const earlier = new Set<number>();
  const slot = (startedMs: number): number => Math.floor((startedMs - window.fromMs) / claim.windowMs);
  eachIn(matching(all, claim), window, (_value, startedMs) => later.add(slot(startedMs)));
  eachIn(matching(all, claim.first), window, (_value, startedMs) => earlier.add(slot(startedMs)));
  return [[...later].filter((index) => !earlier.has(index)).length, Math.ceil((window.untilMs - window.fromMs) / claim.windowMs)];
}

function trusted(value: number | null, samples: number, dropped: number): Observation {
  return { value, worst: dropped > droppedShareMax * Math.max(1, samples) ? null : value, samples };
}

/** Dropped iterations that could have yielded samples for this claim: those of its lane, or of any when it names none. */
function droppedIn(claim: Claim, window: Window, all: readonly SeriesData[]): number {
  const lane = claim.where?.["lane"];
  if (claim.metric !== "segment_ms" && claim.metric !== "http_req_ms" && claim.metric !== "origin_gets") return 0;
  return sum(valuesIn(matching(all, { metric: "dropped_iterations", ...(lane === undefined ? {} : { where: { lane } }) }), window));
}

function rising(comparison: Comparison): boolean {
  return comparison === ">" || comparison === ">=";
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

function finding(claim: Claim, phase: Phase, observed: number | null, limit: number | null, samples: number, status: Status, why: string): Finding {
  return { kind: "claim", title: claim.title, status, phase, observed, comparison: claim.comparison, limit, unit: claim.unit ?? "", samples, why };
}
