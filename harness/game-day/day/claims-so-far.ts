/**
 * Judges the hypothesis during the run, with the judge's own rules on the samples so far. The
 * result of an open phase can still change.
 */
import { judgeClaim } from "../../judge/claims.ts";
import { statisticOf } from "../../claims/statistics/registry.ts";
import { windowsOf } from "../../judge/windows.ts";
import type { Registry } from "../../metrics/metrics.ts";
import type { SampleSink, Series, SeriesData } from "../../metrics/samples.ts";
import { worded } from "../../phrases/verdict.ts";
import type { Finding } from "../../record/verdict.ts";
import type { Plan } from "../../record/plan.ts";
import type { RunEvent } from "../../record/events.ts";
import { carries } from "../../metrics/series.ts";

/**
 * Grows by doubling: half a million samples take a few megabytes, and reading them needs no copy.
 */
class Growing {
  readonly series: Series;
  #atMs = new Float64Array(1_024);
  #values = new Float64Array(1_024);
  #length = 0;

  constructor(series: Series) {
    this.series = series;
  }

  push(atMs: number, value: number): void {
    if (this.#length === this.#atMs.length)
      [this.#atMs, this.#values] = [doubled(this.#atMs), doubled(this.#values)];
    this.#atMs[this.#length] = atMs;
    this.#values[this.#length++] = value;
  }

  get data(): SeriesData {
    return {
      ...this.series,
      atMs: this.#atMs.subarray(0, this.#length),
      values: this.#values.subarray(0, this.#length),
    };
  }
}

function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const twice = new Float64Array(2 * values.length);
  twice.set(values);
  return twice;
}

export interface FindingSoFar extends Finding {
  readonly open: boolean;
}

export class ClaimsSoFar implements SampleSink {
  readonly #inner: SampleSink;
  readonly #hypothesis: Plan["hypothesis"];
  readonly #metrics: Registry;
  readonly #kept = new Map<number, Growing>();
  /** Findings of completed phases, which no longer change. */
  readonly #settled = new Map<string, FindingSoFar>();

  constructor(inner: SampleSink, { hypothesis, metrics }: Pick<Plan, "hypothesis" | "metrics">) {
    this.#inner = inner;
    this.#hypothesis = hypothesis;
    this.#metrics = metrics;
  }

  series(series: Series): number {
    const id = this.#inner.series(series);
    const isNeeded =
      series.metric === "dropped_iterations" ||
      this.#hypothesis.some((claim) =>
        statisticOf(claim)
          .watches(claim)
          .some(
            (selector) => selector.metric === series.metric && carries(series.tags, selector.where),
          ),
      );
    if (isNeeded && !this.#kept.has(id)) this.#kept.set(id, new Growing(series));
    return id;
  }

  sample(seriesId: number, atMs: number, value: number): void {
    this.#inner.sample(seriesId, atMs, value);
    this.#kept.get(seriesId)?.push(atMs, value);
  }

  /** `events`: the run's events so far. */
  at(nowMs: number, events: readonly RunEvent[]): FindingSoFar[] {
    const ended = windowsOf(events);
    const windows = windowsOf([...events, { kind: "finished", atMs: nowMs }]);
    const all = [...this.#kept.values()].map((one) => one.data);
    return this.#hypothesis.flatMap((claim, index) =>
      claim.during.flatMap((phase) => {
        const window = windows[phase];
        if (window === undefined) return [];
        const key = `${index} ${phase}`;
        const known = this.#settled.get(key);
        if (known !== undefined) return [known];
        const finding: FindingSoFar = {
          ...worded(judgeClaim(claim, phase, windows, all, this.#metrics)),
          open: ended[phase] === undefined,
        };
        // A request of the phase may be answered after its end, so its final result waits for a
        // user's longest deadline.
        if (!finding.open && nowMs - window.untilMs > settleMs) this.#settled.set(key, finding);
        return [finding];
      }),
    );
  }
}

const settleMs = 10_000;
