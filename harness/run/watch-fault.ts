/**
 * Checks a fault repeatedly while it is in force, and once more just before the heal. Checks never
 * overlap, and the heal waits for one at most {@link healWaitsMsMax}.
 */
import type { Clock } from "../target/deployment.ts";
import type { EventSink } from "../record/event-sink.ts";
import type { Injection } from "../faults/injection.ts";
import type { Fault } from "../faults/faults.ts";
import type { Evidence } from "../target/evidence.ts";

/** Time in ms for a current check to end when the heal is due; its result is lost after that. */
export const healWaitsMsMax = 300;
/**
 * A fault without any check, because its proof took all its time, gets one of at most this long
 * before the heal.
 */
const onlyLookMsMax = 1_000;
/** The last check begins this long before the heal, and earlier if checks take longer. */
const lastLookMs = { least: 100, most: 1_000 } as const;

export interface FaultToWatch {
  readonly step: number;
  readonly fault: Fault;
  readonly injection: Injection;
  /** Epoch ms of the planned heal. */
  readonly dueMs: number;
}

/** Consecutive checks with the same result. */
interface Stretch {
  evidence: Evidence;
  readonly fromMs: number;
  untilMs: number;
  looks: number;
  longestGapMs: number;
}

export class WatchedFault {
  readonly #clock: Clock;
  readonly #events: EventSink;
  readonly #watched: FaultToWatch;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #lastMs: number;
  #longestLookMs = 0;
  #looks = 0;
  #stretch: Stretch | null = null;
  #isClosed = false;

  constructor(watched: FaultToWatch, clock: Clock, events: EventSink) {
    this.#watched = watched;
    this.#clock = clock;
    this.#events = events;
    this.#lastMs = clock.nowMs();
    this.#ended = this.#lookOn().catch(() => undefined);
  }

  /**
   * Resolves when the fault may be healed; nothing more is recorded after that. `isHurried`: the
   * run is ending, so there is no wait.
   */
  async stop(isAborting: boolean): Promise<void> {
    this.#stop.abort();
    if (!isAborting) await this.#within(healWaitsMsMax, this.#ended);
    if (!isAborting && this.#looks === 0) await this.#within(onlyLookMsMax, this.#lookOnce());
    this.#isClosed = true;
    this.#write();
  }

  async #lookOn(): Promise<void> {
    const everyMs = this.#watched.injection.observe?.everyMs ?? Number.POSITIVE_INFINITY;
    let isLastDone = false;
    while (!this.#stop.signal.aborted) {
      const leadMs = Math.min(lastLookMs.most, Math.max(lastLookMs.least, 2 * this.#longestLookMs));
      const leftMs: number = this.#watched.dueMs - leadMs - this.#clock.nowMs();
      const isLast: boolean = !isLastDone && leftMs <= everyMs;
      isLastDone ||= isLast;
      await this.#clock.sleep(isLast ? leftMs : everyMs, this.#stop.signal);
      await this.#lookOnce();
    }
  }

  async #lookOnce(): Promise<void> {
    const { observe } = this.#watched.injection;
    if (observe === null) return;
    const begunMs = this.#clock.nowMs();
    const evidence = await observe.look();
    const nowMs = this.#clock.nowMs();
    this.#longestLookMs = Math.max(this.#longestLookMs, nowMs - begunMs);
    if (!this.#isClosed) this.#keep(evidence, nowMs);
  }

  #keep(evidence: Evidence, nowMs: number): void {
    const gapMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#looks += 1;
    const stretch = this.#stretch;
    if (stretch === null || stretch.evidence.landed !== evidence.landed) {
      this.#write();
      this.#stretch = { evidence, fromMs: nowMs, untilMs: nowMs, looks: 1, longestGapMs: gapMs };
      return;
    }
    // The first failed check describes best how the fault ended.
    if (evidence.landed) stretch.evidence = evidence;
    stretch.untilMs = nowMs;
    stretch.looks += 1;
    stretch.longestGapMs = Math.max(stretch.longestGapMs, gapMs);
  }

  #write(): void {
    const { step, fault } = this.#watched;
    if (this.#stretch !== null)
      this.#events.event({ kind: "observed", step, fault, ...this.#stretch });
    this.#stretch = null;
  }

  async #within(ms: number, work: Promise<unknown>): Promise<void> {
    const patience = new AbortController();
    await Promise.race([work, this.#clock.sleep(ms, patience.signal).catch(() => undefined)]);
    patience.abort();
  }
}
