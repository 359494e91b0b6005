/** Keeps the last seconds of those samples that abort conditions look at, and judges them as the verdict would be judged. */
import type { Claim, Phase, Selector } from "../core/experiment.ts";
import { formatViolation } from "../core/format.ts";
import { compare, inItsLane, observe } from "../core/judge/claims.ts";
import type { SampleSink } from "../core/ports.ts";
import type { Plan, Series, SeriesData } from "../core/run.ts";
import { carries, selectorsOf } from "../core/series.ts";

interface Recent extends Series { readonly at: number[]; readonly value: number[] }

export class AbortWatch implements SampleSink {
  readonly #inner: SampleSink;
  readonly #conditions: Plan["abortWhen"];
  readonly #recent = new Map<number, Recent>();
  readonly #keepMs: number;

  constructor(inner: SampleSink, conditions: Plan["abortWhen"]) {
    this.#inner = inner;
    this.#conditions = conditions;
    this.#keepMs = Math.max(0, ...conditions.map((condition) => condition.windowMs));
  }

  series(series: Series): number {
    const id = this.#inner.series(series);
    const wanted = this.#conditions.flatMap((condition) => keptFor(condition.unless));
    if (!this.#recent.has(id) && wanted.some((selector) => selector.metric === series.metric && carries(series.tags, selector.where))) {
      this.#recent.set(id, { ...series, at: [], value: [] });
    }
    return id;
  }

  sample(seriesId: number, atMs: number, value: number): void {
    this.#inner.sample(seriesId, atMs, value);
    const recent = this.#recent.get(seriesId);
    if (recent === undefined) return;
    recent.at.push(atMs);
    recent.value.push(value);
  }

  /** Null while every condition that applies in this phase is met, or has too few samples to say. */
  violated(nowMs: number, phase: Phase): string | null {
    if (this.#conditions.length === 0) return null;
    this.#forget(nowMs - this.#keepMs);
    const all = [...this.#recent.values()].map(({ metric, kind, tags, at, value }): SeriesData => ({ metric, kind, tags, atMs: Float64Array.from(at), values: Float64Array.from(value) }));
    for (const { unless, windowMs } of this.#conditions) {
      if (typeof unless.limit !== "number" || !unless.during.includes(phase)) continue;
      const seen = observe(unless, { fromMs: nowMs - windowMs, untilMs: nowMs }, all);
      if (seen.value !== null && seen.samples >= Math.max(1, unless.samplesMin) && !compare(seen.value, unless.comparison, unless.limit)) {
        return `"${unless.title}" does not hold: ${formatViolation({ ...unless, unit: unless.unit ?? "", observed: seen.value, limit: unless.limit }, [unless])}`;
      }
    }
    return null;
  }

  /** Samples arrive nearly in order; a few that are older than they should be do no harm. */
  #forget(beforeMs: number): void {
    for (const recent of this.#recent.values()) {
      let count = 0;
      while (count < recent.at.length && (recent.at[count] as number) < beforeMs) count++;
      if (count > 0) {
        recent.at.splice(0, count);
        recent.value.splice(0, count);
      }
    }
  }
}

/** An order claim speaks only of windows in which the lanes concerned were seen at all, so all of these lanes is kept. */
function keptFor(claim: Claim): readonly Selector[] {
  return claim.statistic === "windowsWithout" ? selectorsOf(claim).map(inItsLane) : selectorsOf(claim);
}
