/**
 * The day's events to every open page, as server-sent events. Each carries its number; a page that
 * was cut off names the last one that it has and gets the rest from the file. After each comes
 * where the day stands, so that a page need not work that out itself.
 */
import type { SSEMessage, SSEStreamingApi } from "hono/streaming";
import type { DayEvent } from "./day/day.ts";
import type { DayState } from "./day/day-state.ts";
import type { Desk, Log } from "./desk.ts";

const openMax = 50;
/** A page that hears nothing for some of these takes the connection for lost. */
const beatMs = 3_000;
/** One that takes nothing is cut off, and may come back. */
const waitingMax = 10_000;

interface Page {
  readonly stream: SSEStreamingApi;
  /** Messages that it has not taken yet. */
  waiting: number;
  /** Settles when the last of them is written. */
  written: Promise<unknown>;
  readonly end: () => void;
}

export class EventStreams implements Disposable {
  readonly #log: Log;
  readonly #desk: Desk;
  readonly #open = new Set<Page>();
  readonly #beat: NodeJS.Timeout;
  readonly #unlisten: () => void;

  constructor(log: Log, desk: Desk) {
    this.#log = log;
    this.#desk = desk;
    this.#beat = setInterval(() => this.#toAll((page) => page.stream.write(":\n\n")), beatMs);
    this.#beat.unref();
    this.#unlisten = log.onEvent((event) => {
      const messages = [messageOf(event), ...(event.kind === "second" ? [] : [this.#state()])];
      for (const message of messages) this.#toAll((page) => page.stream.writeSSE(message));
    });
  }

  get hasRoom(): boolean {
    return this.#open.size < openMax;
  }

  /** Resolves when the page is gone, or all of them are ended. */
  async serve(stream: SSEStreamingApi, since: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const page: Page = { stream, waiting: 0, written: Promise.resolve(), end: resolve };
    const gone = new Promise<void>((abort) => stream.onAbort(abort));
    void gone.then(resolve);
    this.#to(page, () => stream.write("retry: 1000\n\n"));
    for (const message of [...this.#log.since(since).map(messageOf), this.#state()])
      this.#to(page, () => stream.writeSSE(message));
    this.#open.add(page);
    await promise;
    this.#open.delete(page);
    await Promise.race([page.written, gone]);
  }

  #state(): SSEMessage {
    return { event: "state", data: JSON.stringify(plainState(this.#desk.state)) };
  }

  #toAll(write: (page: Page) => Promise<unknown>): void {
    for (const page of this.#open) {
      if (page.waiting > waitingMax) page.stream.abort();
      else this.#to(page, () => write(page));
    }
  }

  /**
   * In the order of the calls: what is written waits its turn within the stream, and never fails.
   */
  #to(page: Page, write: () => Promise<unknown>): void {
    page.waiting++;
    page.written = write().then(() => {
      page.waiting--;
    });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#beat);
    this.#unlisten();
    for (const page of this.#open) page.end();
  }
}

function messageOf(event: DayEvent): SSEMessage {
  return { id: String(event.seq), event: "day", data: JSON.stringify(event) };
}

/** What a page shows of it. */
function plainState({ noteKeys: _noteKeys, ...state }: DayState): object {
  return state;
}
