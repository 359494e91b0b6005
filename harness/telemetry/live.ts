/**
 * Sends a run to a receiver while it happens. It stands between generator and recorder, and keeps
 * totals instead of samples. One request is on its way at a time; what comes meanwhile is in the
 * next one. A receiver that is slow or gone therefore costs no memory, delays no sample and changes
 * no verdict.
 */
import type { Registry } from "../metrics/metrics.ts";
import type { SampleSink, Series } from "../metrics/samples.ts";
import type { RunEvent } from "../record/events.ts";
import { type Attribute, nano } from "./points.ts";
import { type ExportRequest, requestOf, resourceOf, type Subject } from "./requests.ts";
import { spansOf } from "./spans.ts";
import { SeriesTotals } from "./totals.ts";

export interface LiveOptions {
  readonly runId: string;
  readonly plan: Subject & { readonly metrics: Registry };
  readonly nowMs: () => number;
  /** Rejects if the receiver does not take the request. */
  readonly send: (request: ExportRequest, signal: AbortSignal) => Promise<void>;
  readonly pace?: Pace;
}

export interface Pace {
  readonly everyMs: number;
  /** A receiver that takes longer has had its chance; the next second has newer totals. */
  readonly requestMsMax: number;
  /** The end of a run waits this long for its last totals. */
  readonly lastMsMax: number;
}

const usualPace: Pace = { everyMs: 1_000, requestMsMax: 5_000, lastMsMax: 2_000 };

export class LiveExport implements SampleSink {
  readonly #inner: SampleSink;
  readonly #options: LiveOptions;
  readonly #pace: Pace;
  readonly #resource: readonly Attribute[];
  readonly #startMs: number;
  readonly #totals = new Map<number, SeriesTotals>();
  readonly #events: RunEvent[] = [];
  readonly #timer: NodeJS.Timeout;
  #sending: Promise<void> | null = null;
  #sent = 0;
  #failed = 0;
  #why = "";

  constructor(inner: SampleSink, options: LiveOptions) {
    this.#inner = inner;
    this.#options = options;
    this.#pace = options.pace ?? usualPace;
    this.#startMs = options.nowMs();
    this.#resource = resourceOf(options.runId, options.plan);
    this.#timer = setInterval(() => this.#tick(), this.#pace.everyMs);
    this.#timer.unref();
  }

  series(series: Series): number {
    const id = this.#inner.series(series);
    if (!this.#totals.has(id))
      this.#totals.set(id, new SeriesTotals(series, this.#options.plan.metrics, this.#startMs));
    return id;
  }

  sample(seriesId: number, atMs: number, value: number): void {
    this.#inner.sample(seriesId, atMs, value);
    this.#totals.get(seriesId)?.add(value);
  }

  event(event: RunEvent): void {
    this.#events.push(event);
  }

  /** Sends the last totals, and the end of each phase and fault. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    const signal = AbortSignal.timeout(this.#pace.lastMsMax);
    const late = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    await Promise.race([this.#sending, late]);
    if (this.#sending === null) await Promise.race([this.#send(signal), late]);
    else this.#fail(new Error("the receiver does not answer"));
  }

  /** Null if the receiver took everything that it was sent. */
  get complaint(): string | null {
    const all = this.#sent + this.#failed;
    return this.#failed === 0 ? null : `${this.#failed} of ${all} requests failed: ${this.#why}`;
  }

  #tick(): void {
    if (this.#sending !== null) return;
    this.#sending = this.#send(AbortSignal.timeout(this.#pace.requestMsMax)).finally(() => {
      this.#sending = null;
    });
  }

  async #send(signal: AbortSignal): Promise<void> {
    const request = this.#request();
    if (request === null) return;
    try {
      await this.#options.send(request, signal);
      this.#sent++;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failed++;
    this.#why = error instanceof Error ? error.message : String(error);
  }

  #request(): ExportRequest | null {
    const nowMs = this.#options.nowMs();
    const isOver = this.#events.some(({ kind }) => kind === "finished" || kind === "cleaned");
    const spans = spansOf(this.#events, isOver ? nowMs : Number.POSITIVE_INFINITY);
    return requestOf(this.#resource, [
      ...[...this.#totals.values()]
        .filter(({ isNew }) => isNew)
        .map((totals) => totals.metric([totals.point(nowMs)])),
      ...spans.flatMap((span) => span.at([nowMs], nano(this.#startMs))),
    ]);
  }
}
