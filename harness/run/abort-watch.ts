/**
 * Keeps the last seconds of the samples that abort conditions use, and evaluates the conditions
 * with the judge's rules.
 */
import { type Claim, statisticOf, unitOf } from "../claims/statistics/registry.ts";
import type { Phase } from "../base/phases.ts";
import { brokenSoFar } from "../phrases/verdict.ts";
import { compare, observe } from "../judge/claims.ts";
import type { Registry } from "../metrics/metrics.ts";
import type { SampleSink, Series, SeriesData } from "../metrics/samples.ts";
import type { Plan } from "../record/plan.ts";
import type { RunEvent } from "../record/events.ts";
import { carries, countIn, eachIn, matching, type Window } from "../metrics/series.ts";
import { RecentSamples } from "./recent-samples.ts";

/**
 * The conductor evaluates every second, so a phase that is new to this watch began at most that
 * long ago.
 */
const askedEveryMs = 1_000;

export class AbortWatch implements SampleSink {
  readonly #inner: SampleSink;
  readonly #conditions: Plan["abortWhen"];
  readonly #metrics: Registry;
  readonly #recent = new Map<number, RecentSamples>();
  readonly #keepMs: number;
  #phase: string | null = null;
  #phaseFromMs = 0;

  constructor(
    inner: SampleSink,
    { abortWhen: conditions, metrics }: Pick<Plan, "abortWhen" | "metrics">,
  ) {
    this.#inner = inner;
    this.#conditions = conditions;
    this.#metrics = metrics;
    this.#keepMs = Math.max(0, ...conditions.map((condition) => condition.windowMs));
  }

  series(series: Series): number {
    const id = this.#inner.series(series);
    const watched = this.#conditions.flatMap((condition) =>
      statisticOf(condition.unless).watches(condition.unless),
    );
    if (
      !this.#recent.has(id) &&
      watched.some(
        (selector) => selector.metric === series.metric && carries(series.tags, selector.where),
      )
    ) {
      this.#recent.set(id, new RecentSamples(series));
    }
    return id;
  }

  sample(seriesId: number, atMs: number, value: number): void {
    this.#inner.sample(seriesId, atMs, value);
    this.#recent.get(seriesId)?.push(atMs, value);
  }

  /** As for the judge, the recorded events define the start of a phase. */
  event(event: RunEvent): void {
    if (event.kind !== "phase") return;
    this.#phase = event.phase;
    this.#phaseFromMs = event.atMs;
  }

  /** Null while every condition of this phase is met, or has too few samples. */
  violated(nowMs: number, phase: Phase): string | null {
    if (this.#conditions.length === 0) return null;
    if (this.#phase !== phase) this.event({ kind: "phase", phase, atMs: nowMs - askedEveryMs });
    for (const recent of this.#recent.values()) recent.forget(nowMs - this.#keepMs);
    const all = [...this.#recent.values()].map((recent) => recent.seriesData());
    for (const { unless, windowMs } of this.#conditions) {
      if (!unless.during.includes(phase)) continue;
      const why = violation(
        unless,
        windowMs,
        { fromMs: this.#phaseFromMs, untilMs: nowMs },
        all,
        this.#metrics,
      );
      if (why !== null) return why;
    }
    return null;
  }
}

/**
 * Evaluates the last `windowMs` of the phase; requests from before its start belong to another
 * phase.
 */
function violation(
  claim: Claim,
  windowMs: number,
  { fromMs, untilMs }: Window,
  all: readonly SeriesData[],
  registry: Registry,
): string | null {
  const { limit } = claim;
  if (typeof limit !== "number") return null;
  const window = { fromMs: Math.max(fromMs, untilMs - windowMs), untilMs };
  if (isWithin(claim, limit, window, all)) return null;
  const { value, samples } = observe(claim, window, all, registry);
  if (value === null || samples < Math.max(1, claim.samplesMin)) return null;
  if (compare(value, claim.comparison, limit)) return null;
  // A growing sum can still reach its limit in the rest of the window.
  if (statisticOf(claim).grows && value < limit && untilMs - fromMs < windowMs) return null;
  return brokenSoFar({ ...claim, unit: unitOf(claim), observed: value, limit });
}

/**
 * Whether a quantile is within its upper limit, by counting: sorting a minute of samples every
 * second costs ten times as much.
 */
function isWithin(
  claim: Claim,
  limit: number,
  window: Window,
  all: readonly SeriesData[],
): boolean {
  const { comparison } = claim;
  const { quantile } = statisticOf(claim);
  if (quantile === null) return false;
  if (comparison !== "<=" && comparison !== "<") return false;
  const selected = matching(all, claim);
  let within = 0;
  eachIn(selected, window, (value) => {
    if (compare(value, comparison, limit)) within++;
  });
  return within >= Math.max(1, Math.ceil(quantile * countIn(selected, window)));
}
