/**
 * Looks at a fault again and again while it is in force, and once more just before it is healed.
 * Looks never overlap, and the heal waits for none longer than {@link healWaitsMsMax}.
 */
import type { Clock } from "../target/deployment.ts";
import type { EventSink } from "../record/event-sink.ts";
import type { Injection } from "../faults/injection.ts";
import type { Fault } from "../faults/faults.ts";
import type { Evidence } from "../target/evidence.ts";

/**
 * A look that is under way when its fault is to be healed gets this long to end; its answer is lost
 * after that.
 */
export const healWaitsMsMax = 300;
/**
 * A fault at which nobody has looked yet, because its proof took all its time, gets one look of at
 * most this long before it is healed.
 */
const onlyLookMsMax = 1_000;
/** The last look begins this long before the heal, and earlier where looks take longer. */
const lastLookMs = { least: 100, most: 1_000 } as const;

export interface FaultToWatch {
  readonly step: number;
  readonly fault: Fault;
  readonly injection: Injection;
  /** Epoch ms at which it is to be healed. */
  readonly dueMs: number;
}

/** Looks with the same answer, one after another. */
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
   * Resolves when the fault may be healed; from then on nothing more is recorded. `isHurried`: the
   * run ends, so nobody waits.
   */
  async stop(isHurried: boolean): Promise<void> {
    this.#stop.abort();
    if (!isHurried) await this.#within(healWaitsMsMax, this.#ended);
    if (!isHurried && this.#looks === 0) await this.#within(onlyLookMsMax, this.#lookOnce());
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
    // How it was gone is best told by the first who saw it.
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
