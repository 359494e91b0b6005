/**
 * Virtual time: a queue of events, and a clock that jumps from one to the next. The conductor's
 * promises and the model's callbacks share it. So both see the same time, and the same seed gives
 * the same run.
 */
import type { Clock } from "../../target/deployment.ts";

interface Happening {
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | null;
}

/** Events of one delay, which come due in the order in which they are scheduled. */
interface Line {
  readonly all: Happening[];
  first: number;
}

/** So many events of a line have happened before their place is used again. */
const lineMost = 4_096;

/** A promise is awaited that no event can settle any more. */
export class Deadlock extends Error {}

export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  /** A binary heap, the earliest first. */
  readonly #heap: Happening[] = [];
  /** Lines of `afterHop`, by their delay. */
  readonly #lineOf = new Map<number, Line>();
  readonly #lines: Line[] = [];
  /** Timeouts by their length. */
  readonly #deadlines = new Map<number, Happening[]>();
  /** The last event settled a promise, so its continuations must run before the next event. */
  #woke = true;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }
  monotonicMs(): number {
    return this.#nowMs;
  }

  /**
   * Schedules a call after `ms`; the returned function cancels it. The call must not settle a
   * promise.
   */
  after(ms: number, run: () => void): () => void {
    const happening = this.#push(this.#nowMs + Math.max(0, ms), run);
    return () => {
      happening.run = null;
    };
  }

  /**
   * Like `after`, for one of a few delays that most events have: they wait in a line, which costs
   * less than the heap.
   */
  afterHop(ms: number, run: () => void): void {
    let line = this.#lineOf.get(ms);
    if (line === undefined) {
      line = { all: [], first: 0 };
      this.#lineOf.set(ms, line);
      this.#lines.push(line);
    }
    line.all.push({ atMs: this.#nowMs + ms, order: this.#order++, run });
  }

  /**
   * Like `after`, for calls that are nearly always cancelled. Timeouts of one length come due in
   * the order in which they were set, so only the first of them is in the heap.
   */
  deadline(ms: number, run: () => void): () => void {
    const one: Happening = { atMs: this.#nowMs + ms, order: this.#order++, run };
    const line = this.#deadlines.get(ms);
    if (line !== undefined) line.push(one);
    else {
      this.#deadlines.set(ms, [one]);
      this.#push(one.atMs, () => this.#expire(ms));
    }
    return () => {
      one.run = null;
    };
  }

  #expire(ms: number): void {
    const line = this.#deadlines.get(ms) ?? [];
    let done = 0;
    for (; done < line.length; done++) {
      const one = line[done] as Happening;
      if (one.run === null) continue;
      if (one.atMs > this.#nowMs) break;
      one.run();
    }
    line.splice(0, done);
    const [next] = line;
    if (next === undefined) this.#deadlines.delete(ms);
    else this.#push(next.atMs, () => this.#expire(ms));
  }

  /** Reports that a callback has settled a promise. */
  settled(): void {
    this.#woke = true;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const forget = this.after(ms, () => {
        signal?.removeEventListener("abort", abort);
        this.#woke = true;
        resolve();
      });
      const abort = (): void => {
        forget();
        this.#woke = true;
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  /**
   * Advances virtual time until the promise settles. `cut` is evaluated before each step. True
   * freezes everything, as if the process were killed: the result is null then.
   */
  async until<T>(
    promise: Promise<T>,
    cut: (step: number) => boolean = () => false,
  ): Promise<T | null> {
    let over = false;
    const mark = (): void => {
      over = true;
    };
    promise.then(mark, mark);
    for (let step = 0; ; step++) {
      if (this.#woke) {
        this.#woke = false;
        // Runs all continuations, at any depth of promises.
        await new Promise((next) => setImmediate(next));
      }
      if (over) return promise;
      if (cut(step)) return null;
      const next = this.#next();
      if (next === undefined)
        throw new Deadlock("no event is pending, but code still waits for one");
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run?.();
    }
  }

  /** Takes the first event of the heap and the lines. */
  #next(): Happening | undefined {
    let next = this.#heap[0];
    let from: Line | null = null;
    for (const line of this.#lines) {
      const head = line.all[line.first];
      if (head !== undefined && (next === undefined || before(head, next))) {
        next = head;
        from = line;
      }
    }
    if (from === null) return this.#pop();
    from.first++;
    if (from.first === from.all.length || from.first === lineMost) {
      from.all.splice(0, from.first);
      from.first = 0;
    }
    return next;
  }

  #push(atMs: number, run: () => void): Happening {
    const heap = this.#heap;
    const happening: Happening = { atMs, order: this.#order++, run };
    let at = heap.length;
    heap.push(happening);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Happening;
      if (!before(happening, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = happening;
    return happening;
  }

  #pop(): Happening | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Happening, heap[child] as Happening))
        child++;
      if (!before(heap[child] as Happening, last)) break;
      heap[at] = heap[child] as Happening;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function before(a: Happening, b: Happening): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
