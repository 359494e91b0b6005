/** What two runs are compared by: every duration, share and rate that both recorded, in plain words. */
import { type Phase, phases, type Tags } from "../experiment.ts";
import { windowsOf } from "../judge/windows.ts";
import { metrics } from "../metrics.ts";
import type { Run, SeriesData } from "../run.ts";
import { carries, eachIn, matching, type Window } from "../series.ts";
import { type Measure, type RunWindows, windowSum } from "./windowed.ts";

export interface Quantity {
  /** "live segment wait, p99". */
  readonly title: string;
  readonly metric: string;
  readonly where: Tags;
  /** A share counts the samples that carry these. */
  readonly having: Tags | null;
  readonly measure: Measure;
  readonly unit: string;
  readonly better: "lower" | "higher" | null;
  /** A share differs in percentage points, anything else in per cent of A. */
  readonly scale: "relative" | "points";
  /** Smaller differences are of no interest, however sure: 0.05 = 5 per cent, or 0.001 = a tenth of a percentage point. */
  readonly floor: number;
  /** Nor are those that are smaller than this in the quantity's own unit. */
  readonly floorAbsolute: number;
  /** What viewers and publishers feel, what goes on inside, and what it costs: the first is looked at most closely. */
  readonly family: "felt" | "inside" | "resources";
}

/** What says something about the harness and not about the target. */
const ownMetrics = new Set(["start_late_ms", "canary_late_ms", "dropped_iterations"]);
const felt = new Set(["segment_ms", "start_ms", "publish_ms", "player_startup_ms", "player_latency_ms", "player_rebuffer_ratio"]);
const relativeFloor = 0.05;
/** A tenth of a percentage point: the error budget of the claims. */
const shareFloor = 0.001;
const floorMs = 2;

const words: Readonly<Record<string, string>> = {
  segment_ms: "segment wait", http_req_ms: "request time", publish_ms: "publication", canary_ms: "canary's wait", origin_gets: "origin requests", cpu_seconds: "processor time", resident_bytes: "memory",
};

/** Those that every run has, in a fixed order. */
export function quantitiesOf(runs: readonly Run[]): Quantity[] {
  const names = [...new Set(runs.flatMap((run) => run.series.map((series) => series.metric)))].filter((name) => Object.hasOwn(metrics, name) && !ownMetrics.has(name)).sort();
  return names.flatMap((metric) => groupsOf(metric, runs).flatMap((where) => ofGroup(metric, where)));
}

function ofGroup(metric: string, where: Tags): Quantity[] {
  const { kind, unit = "", values } = metrics[metric] ?? {};
  const group = Object.values(where).join(" ");
  const named = (what: string): string => [group, words[metric] ?? metric.replaceAll("_", " "), what].filter((part) => part !== "").join(" ");
  const base = { metric, where, having: null, unit, scale: "relative" as const, floor: relativeFloor, floorAbsolute: 0, family: felt.has(metric) ? "felt" as const : "inside" as const };
  if (kind === "duration") {
    const good = values?.["outcome"]?.[0];
    return [
      ...[0.5, 0.95, 0.99].map((q) => ({ ...base, title: named(`p${q * 100}`), measure: { kind: "quantile", q } as const, better: "lower" as const, floorAbsolute: floorMs })),
      ...(good === undefined ? [] : [{ ...base, title: named(`share ${good}`), having: { outcome: good }, measure: { kind: "share" } as const, unit: "", better: "higher" as const, scale: "points" as const, floor: shareFloor }]),
    ];
  }
  const resources = metrics[metric]?.source === "harness";
  if (kind === "increment" || kind === "gauge") return [{ ...base, title: named(kind === "increment" ? "per second" : "mean"), measure: { kind: "mean" }, better: resources ? "lower" : null, ...(resources ? { family: "resources" as const } : {}) }];
  return [];
}

/** What viewers see that some runs recorded and others did not: a figure that is gone is no figure without a difference. */
export function unsharedOf(runs: readonly Run[]): string[] {
  const recorded = (run: Run): Set<string> => {
    const seen = run.series.filter(({ metric, atMs }) => felt.has(metric) && atMs.length > 0);
    const named = seen.flatMap(({ metric, tags, atMs }) => phasesWith(run, atMs).map((phase) => {
      const lane = metrics[metric]?.tags.includes("lane") === true ? `${tags["lane"] ?? ""} ` : "";
      return `${lane}${words[metric] ?? metric.replaceAll("_", " ")}, ${phase}`;
    }));
    return new Set(named);
  };
  const all = runs.map(recorded);
  const names = new Set(all.flatMap((one) => [...one]));
  return [...names].filter((name) => all.some((one) => !one.has(name))).sort();
}

function phasesWith(run: Run, atMs: Float64Array): Phase[] {
  const windows = windowsOf(run.events);
  return phases.filter((phase) => {
    const window = windows[phase];
    return window !== undefined && atMs.some((ms) => ms >= window.fromMs && ms < window.untilMs);
  });
}

/** By lane, where requests have one; by service, where services are told apart; otherwise everything together. */
function groupsOf(metric: string, runs: readonly Run[]): Tags[] {
  const tags = metrics[metric]?.tags ?? [];
  const tag = tags.includes("lane") ? "lane" : metrics[metric]?.source === "harness" && tags.includes("service") ? "service" : null;
  if (tag === null) return runs.every((run) => run.series.some((series) => series.metric === metric)) ? [{}] : [];
  const valuesOf = (run: Run): Set<string> => new Set(run.series.filter((series) => series.metric === metric).map((series) => series.tags[tag] ?? ""));
  const [first, ...others] = runs.map(valuesOf);
  return [...(first ?? [])].filter((value) => others.every((other) => other.has(value))).sort().map((value) => ({ [tag]: value }));
}

/** One run's windows of a quantity; what does not fill a window at the end is left out. */
export function windowsOfQuantity(run: Run, quantity: Quantity, phase: Window, windowMs: number): RunWindows {
  const count = Math.floor((phase.untilMs - phase.fromMs) / windowMs);
  const slots: number[][] = Array.from({ length: count }, () => []);
  const selected: readonly SeriesData[] = matching(run.series, quantity);
  const { having } = quantity;
  eachIn(selected, { fromMs: phase.fromMs, untilMs: phase.fromMs + count * windowMs }, (value, startedMs, tags) => {
    const slot = slots[Math.floor((startedMs - phase.fromMs) / windowMs)];
    slot?.push(having === null ? value : carries(tags, having) ? 1 : 0);
  });
  const rate = metrics[quantity.metric]?.kind === "increment";
  // A counter's window is one number, its growth per second, so that windows count alike however often it was read.
  return slots.map((values) => windowSum(rate ? [values.reduce((sum, value) => sum + value, 0) / (windowMs / 1_000)] : values, quantity.measure));
}
