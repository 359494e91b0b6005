/**
 * Sends the day's events to every open page as server-sent events. Each carries its number; a page
 * that reconnects names its last one, and receives the rest from the file. The day's state follows
 * each event, so that a page need not compute it.
 */
import type { SSEMessage, SSEStreamingApi } from "hono/streaming";
import type { DayEvent } from "./day/day.ts";
import type { DayState } from "./day/day-state.ts";
import type { Desk, Log } from "./desk.ts";

const openMax = 50;
/** A page treats the connection as lost after some missing heartbeats. */
const beatMs = 3_000;
/** A page that reads nothing is disconnected, and may reconnect. */
const waitingMax = 10_000;

interface Page {
  readonly stream: SSEStreamingApi;
  /** Messages that it has not read yet. */
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

  /** Resolves when the page is gone, or when all streams end. */
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

  /** Queues writes in the order of the calls. A failed write does not reject. */
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

/** The part of the state that a page shows. */
function plainState({ noteKeys: _noteKeys, ...state }: DayState): object {
  return state;
}
