/**
 * Where people's words arrive: answers, notes, and the one that stops everything. What may be said
 * follows from the day's events alone.
 */
import type { By, Day, DayEvent, DayHappening, Point } from "./day/day.ts";
import { after, type DayState, stateOf } from "./day/day-state.ts";
import { nameOf } from "./day/judge-day.ts";
import type { Clock } from "../target/deployment.ts";

export interface Log {
  append(happening: DayHappening): DayEvent;
  since(seq: number): readonly DayEvent[];
  onEvent(listener: (event: DayEvent) => void): () => void;
}

/** Why the day was ended by somebody. */
export class DayStopped extends Error {
  readonly by: By;
  constructor(by: By) {
    super(`stopped by ${nameOf(by)}`);
    this.name = "DayStopped";
    this.by = by;
  }
}

/** Nobody is asked; the report says so. */
export const unasked: By = { role: "--yes", name: null };
export const nobody: By = { role: "nobody", name: null };

export class Desk {
  readonly #day: Day;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  #state: DayState;
  #open: { readonly question: number; readonly decide: (answer: "go" | "no-go") => void } | null =
    null;

  constructor(day: Day, log: Log, clock: Clock) {
    this.#day = day;
    this.#log = log;
    this.#clock = clock;
    this.#state = stateOf(day.steps.length, log.since(0));
    log.onEvent((event) => {
      this.#state = after(this.#state, event);
    });
  }

  get state(): DayState {
    return this.#state;
  }

  /** Aborted with a {@link DayStopped}. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * Resolves with the answer, which is a no-go when time is up; rejects with the signal's reason.
   */
  async ask(
    step: number,
    point: Point,
    waitMs: number,
    outside: AbortSignal,
  ): Promise<"go" | "no-go"> {
    const question = this.#state.questionsAsked + 1;
    const signal = AbortSignal.any([outside, this.#stop.signal]);
    signal.throwIfAborted();
    const answer = Promise.withResolvers<"go" | "no-go">();
    this.#log.append({
      kind: "asked",
      question,
      step,
      point,
      untilMs: this.#clock.nowMs() + waitMs,
    });
    this.#open = { question, decide: answer.resolve };
    if (this.#day.answers === "yes") this.answer(question, "go", unasked);
    const patience = new AbortController();
    // Whoever answers in time, or stops the day, ends the waiting.
    const late = this.#clock.sleep(waitMs, AbortSignal.any([signal, patience.signal])).then(
      () => void this.answer(question, "no-go", nobody),
      () => signal.aborted && answer.reject(signal.reason),
    );
    try {
      return await answer.promise;
    } finally {
      this.#open = null;
      patience.abort();
      await late;
    }
  }

  /**
   * False when that question is not open (any more): whoever answers then has looked at an old
   * page.
   */
  answer(question: number, answer: "go" | "no-go", by: By): boolean {
    if (
      this.#open?.question !== question ||
      this.#stop.signal.aborted ||
      this.#state.question?.question !== question
    )
      return false;
    const { decide } = this.#open;
    this.#open = null;
    this.#log.append({ kind: "answered", question, answer, by });
    decide(answer);
    return true;
  }

  /** Heals everything and ends the day. Once is enough; a second time changes nothing. */
  stop(by: By): void {
    if (this.#stop.signal.aborted || this.#state.status === "closed") return;
    try {
      this.#log.append({ kind: "stopped", by });
    } finally {
      // Whatever cannot be written down, it is healed.
      this.#stop.abort(new DayStopped(by));
    }
  }

  /** A note that is sent twice stands once. */
  note(text: string, by: By, key: string): void {
    if (this.#state.noteKeys.has(key)) return;
    this.#log.append({ kind: "note", text, by, step: this.#state.step, key });
  }
}
