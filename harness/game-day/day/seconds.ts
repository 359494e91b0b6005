/**
 * Live statistics: sums samples by second and lane as they arrive. It sits between the generator
 * and the recorder, and keeps no sample.
 */
import type { Harm } from "../../target/harm.ts";
import { type Registry, sourceIn } from "../../metrics/metrics.ts";
import type { SampleSink, Series } from "../../metrics/samples.ts";
import type { Plan } from "../../record/plan.ts";
import { carries } from "../../metrics/series.ts";
import { quantile } from "../../base/statistics.ts";
import type { LaneSecond } from "./day.ts";

export interface Second {
  readonly runMs: number;
  readonly lanes: Readonly<Record<string, LaneSecond>>;
}

const outcomes = ["served", "late", "shed", "lost"] as const;
type OutcomeName = (typeof outcomes)[number];
interface Tally {
  readonly counts: Record<OutcomeName, number>;
  readonly waits: number[];
}
interface Watched {
  readonly lane: string;
  readonly outcome: OutcomeName;
}

/**
 * The generator delivers its samples in batches; a second is published once no more of it is
 * expected.
 */
const lateMs = 700;
/** The greatest number of empty seconds that are published one by one. */
const aheadMax = 120;

export class Seconds implements SampleSink {
  readonly #inner: SampleSink;
  readonly #metrics: Registry;
  readonly #harm: Harm | undefined;
  readonly #windowMs: number;
  readonly #tell: (second: Second) => void;
  readonly #watched = new Map<number, Watched>();
  readonly #open = new Map<number, Map<string, Tally>>();
  /** Waits of published seconds, for quantiles over several seconds. */
  #published: { readonly second: number; readonly lanes: ReadonlyMap<string, Tally> }[] = [];
  #next: number | null = null;

  /** `windowMs`: the length of time for quantiles, because a single second may contain no burst. */
  constructor(
    inner: SampleSink,
    { metrics, harm }: Pick<Plan, "metrics" | "harm">,
    windowMs: number,
    tell: (second: Second) => void,
  ) {
    this.#inner = inner;
    this.#metrics = metrics;
    this.#harm = harm;
    this.#windowMs = windowMs;
    this.#tell = tell;
  }

  series(series: Series): number {
    const id = this.#inner.series(series);
    const { lane } = series.tags;
    // Good samples of the harm metric count as served, whatever outcome the target names.
    const isGood = this.#harm?.metric === series.metric && carries(series.tags, this.#harm.having);
    const outcome = isGood ? "served" : series.tags["outcome"];
    const isOfUsers =
      series.kind === "duration" &&
      sourceIn(this.#metrics, series.metric) === "generator" &&
      lane !== undefined;
    if (isOfUsers && (outcomes as readonly (string | undefined)[]).includes(outcome))
      this.#watched.set(id, { lane, outcome: outcome as OutcomeName });
    return id;
  }

  sample(seriesId: number, atMs: number, value: number): void {
    this.#inner.sample(seriesId, atMs, value);
    const watched = this.#watched.get(seriesId);
    if (watched === undefined || !Number.isFinite(value) || !Number.isFinite(atMs)) return;
    this.#next ??= Math.floor(atMs / 1_000);
    // A sample that is too late for its own second counts in the oldest open one. So does one from
    // far ahead, after a clock step. No sample is lost, and pages receive no events for seconds
    // without samples.
    const own = Math.floor(atMs / 1_000);
    const second = own < this.#next || own > this.#next + aheadMax ? this.#next : own;
    const tally = this.#tallyOf(second, watched.lane);
    tally.counts[watched.outcome]++;
    tally.waits.push(value);
    if (second === own) this.passed(atMs);
  }

  /** Advances the time: completed seconds are published, including empty ones. */
  passed(nowMs: number): void {
    const due = Math.floor((nowMs - lateMs) / 1_000) - 1;
    if (this.#next !== null && due - this.#next > aheadMax) {
      // After a clock step or a suspended machine, the open seconds are published, and none are
      // invented in between.
      for (const second of [...this.#open.keys()].sort((a, b) => a - b)) this.#close(second);
      this.#next = due;
    }
    while (this.#next !== null && (this.#next + 1) * 1_000 + lateMs <= nowMs)
      this.#close(this.#next++);
  }

  /** No more samples follow. */
  end(): void {
    const last = Math.max(...this.#open.keys(), Number.NEGATIVE_INFINITY);
    while (this.#next !== null && this.#next <= last) this.#close(this.#next++);
    this.#next = null;
  }

  #tallyOf(second: number, lane: string): Tally {
    const lanes = this.#open.get(second) ?? new Map<string, Tally>();
    this.#open.set(second, lanes);
    const tally = lanes.get(lane) ?? {
      counts: { served: 0, late: 0, shed: 0, lost: 0 },
      waits: [],
    };
    lanes.set(lane, tally);
    return tally;
  }

  #close(second: number): void {
    const lanes = this.#open.get(second) ?? new Map<string, Tally>();
    this.#open.delete(second);
    this.#published = [...this.#published, { second, lanes }].filter(
      (one) => (second - one.second) * 1_000 < this.#windowMs,
    );
    const known = new Set(this.#published.flatMap((one) => [...one.lanes.keys()]));
    this.#tell({
      runMs: second * 1_000,
      lanes: Object.fromEntries(
        [...known].sort().map((lane) => [lane, this.#laneSecond(lanes.get(lane), lane)]),
      ),
    });
  }

  #laneSecond(tally: Tally | undefined, lane: string): LaneSecond {
    const waits = Float64Array.from(
      this.#published.flatMap((one) => one.lanes.get(lane)?.waits ?? []),
    ).sort();
    const rounded = (value: number | null): number | null =>
      value === null ? null : Math.round(value * 10) / 10;
    return {
      ...(tally?.counts ?? { served: 0, late: 0, shed: 0, lost: 0 }),
      p50Ms: rounded(quantile(waits, 0.5)),
      p99Ms: rounded(quantile(waits, 0.99)),
    };
  }
}
