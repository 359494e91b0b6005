/**
 * Receives people's decisions: answers, notes and the stop. The day's events alone determine what
 * is permitted.
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

/** The day was ended by a person. */
export class DayStopped extends Error {
  readonly by: By;
  constructor(by: By) {
    super(`stopped by ${nameOf(by)}`);
    this.name = "DayStopped";
    this.by = by;
  }
}

/** No person is asked, and the report says so. */
export const unasked: By = { role: "--yes", name: null };
export const noAnswer: By = { role: "nobody", name: null };

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

  /** Resolves with the answer, or with a no-go at the timeout. Rejects with the signal's reason. */
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
    // An answer or a stop ends the wait.
    const late = this.#clock.sleep(waitMs, AbortSignal.any([signal, patience.signal])).then(
      () => void this.answer(question, "no-go", noAnswer),
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

  /** False if that question is not open: the answer came from an outdated page. */
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

  /** Reverts all faults and ends the day; idempotent. */
  stop(by: By): void {
    if (this.#stop.signal.aborted || this.#state.status === "closed") return;
    try {
      this.#log.append({ kind: "stopped", by });
    } finally {
      // The faults are reverted even if the event cannot be written.
      this.#stop.abort(new DayStopped(by));
    }
  }

  /** Idempotent per key: a note that is sent twice is recorded once. */
  note(text: string, by: By, key: string): void {
    if (this.#state.noteKeys.has(key)) return;
    this.#log.append({ kind: "note", text, by, step: this.#state.step, key });
  }
}
