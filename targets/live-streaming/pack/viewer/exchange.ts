/**
 * What goes in and out of a player: the time, its requests and their answers, timers, and what is
 * noted for its account. It has no clock of its own, and does no I/O.
 */
import type { Answer, Noted, Step, Wanted, Why } from "./requests.ts";

export type Asking = Omit<Wanted, "id">;

export class Exchange {
  #nowMs: number;
  #why: Why | null = null;
  #lastId = 0;
  readonly #open = new Map<number, (answer: Answer) => void>();
  readonly #timers = new Map<string, { readonly atMs: number; readonly run: () => void }>();
  #requests: Wanted[] = [];
  #noted: Noted[] = [];

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get isOver(): boolean {
    return this.#why !== null;
  }

  /** Requests without an answer. */
  get inFlight(): number {
    return this.#open.size;
  }

  /** Time never goes back. */
  advance(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
  }

  ask(wanted: Asking, use: (answer: Answer) => void): void {
    const id = ++this.#lastId;
    this.#open.set(id, use);
    this.#requests.push({ ...wanted, id });
  }

  answer(id: number, answer: Answer): void {
    const use = this.#open.get(id);
    this.#open.delete(id);
    if (!this.isOver) use?.(answer);
  }

  /** A later call of the same name takes its place. */
  later(name: string, afterMs: number, run: () => void): void {
    this.#timers.set(name, { atMs: this.#nowMs + Math.max(0, afterMs), run });
  }

  runDue(): void {
    for (;;) {
      const due = [...this.#timers].find(([, { atMs }]) => atMs <= this.#nowMs);
      if (due === undefined || this.isOver) return;
      this.#timers.delete(due[0]);
      due[1].run();
    }
  }

  note(noted: Noted): void {
    this.#noted.push(noted);
  }

  end(why: Why): void {
    this.#why = why;
    this.#timers.clear();
    this.note({ what: "over", why });
  }

  /** All since the last call. `alsoAtMs`: another time at which the player is to be woken. */
  take(alsoAtMs: number | null): Step {
    const [requests, noted] = [this.#requests, this.#noted];
    this.#requests = [];
    this.#noted = [];
    const times = [...this.#timers.values()].map(({ atMs }) => atMs);
    if (alsoAtMs !== null) times.push(alsoAtMs);
    const wakeAtMs = this.isOver || times.length === 0 ? null : Math.min(...times);
    return { requests, noted, wakeAtMs };
  }
}
