/**
 * Samples as they arrive, summed by second and lane: what the live charts show. It sits between the
 * generator and the recorder and keeps no sample.
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
 * The generator hands its samples on in bunches; a second is told when nothing more of it is to be
 * expected.
 */
const lateMs = 700;
/** Seconds without a sample that are told one by one. */
const aheadMax = 120;

export class Seconds implements SampleSink {
  readonly #inner: SampleSink;
  readonly #metrics: Registry;
  readonly #harm: Harm | undefined;
  readonly #windowMs: number;
  readonly #tell: (second: Second) => void;
  readonly #watched = new Map<number, Watched>();
  readonly #open = new Map<number, Map<string, Tally>>();
  /** Waits of the seconds that were told, for quantiles over more than one. */
  #told: { readonly second: number; readonly lanes: ReadonlyMap<string, Tally> }[] = [];
  #next: number | null = null;

  /** `windowMs`: quantiles are of so long, since one second may see none of a bunch. */
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
    // What is good of that by which users are harmed counts as served, whatever its target calls
    // it.
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
    // What comes too late for its own second counts in the oldest that is still open, and so does
    // what a clock that was set moved far ahead: nothing is lost, and a page gets no events of
    // seconds in which nothing was.
    const own = Math.floor(atMs / 1_000);
    const second = own < this.#next || own > this.#next + aheadMax ? this.#next : own;
    const tally = this.#tallyOf(second, watched.lane);
    tally.counts[watched.outcome]++;
    tally.waits.push(value);
    if (second === own) this.passed(atMs);
  }

  /** It is now so late; seconds that are over are told, empty ones as well. */
  passed(nowMs: number): void {
    const due = Math.floor((nowMs - lateMs) / 1_000) - 1;
    if (this.#next !== null && due - this.#next > aheadMax) {
      // The clock was set, or the machine slept: what is open is told, and what lies between is not
      // made up.
      for (const second of [...this.#open.keys()].sort((a, b) => a - b)) this.#close(second);
      this.#next = due;
    }
    while (this.#next !== null && (this.#next + 1) * 1_000 + lateMs <= nowMs)
      this.#close(this.#next++);
  }

  /** Nothing more comes. */
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
    this.#told = [...this.#told, { second, lanes }].filter(
      (one) => (second - one.second) * 1_000 < this.#windowMs,
    );
    const known = new Set(this.#told.flatMap((one) => [...one.lanes.keys()]));
    this.#tell({
      runMs: second * 1_000,
      lanes: Object.fromEntries(
        [...known].sort().map((lane) => [lane, this.#laneSecond(lanes.get(lane), lane)]),
      ),
    });
  }

  #laneSecond(tally: Tally | undefined, lane: string): LaneSecond {
    const waits = Float64Array.from(
      this.#told.flatMap((one) => one.lanes.get(lane)?.waits ?? []),
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
