/**
 * The day's events to every open page, as server-sent events. Each carries its number; a page that was cut off names the last one that it has
 * and gets the rest from the file. After each comes where the day stands, so that a page need not work that out itself.
 */
import type { ServerResponse } from "node:http";
import type { DayEvent } from "./day/day.ts";
import type { DayState } from "./day/day-state.ts";
import type { Desk, Log } from "./desk.ts";

const openMax = 50;
/** A page that hears nothing for some of these takes the connection for lost. */
const beatMs = 3_000;
/** One that takes nothing is cut off, and may come back. */
const waitingBytesMax = 4 * 1024 * 1024;

export class EventStreams implements Disposable {
  readonly #log: Log;
  readonly #desk: Desk;
  readonly #open = new Set<ServerResponse>();
  readonly #beat: NodeJS.Timeout;
  readonly #unlisten: () => void;

  constructor(log: Log, desk: Desk) {
    this.#log = log;
    this.#desk = desk;
    this.#beat = setInterval(() => this.#toAll(":\n\n"), beatMs);
    this.#beat.unref();
    this.#unlisten = log.onEvent((event) =>
      this.#toAll(messageOf(event) + (event.kind === "second" ? "" : this.#stateMessage())),
    );
  }

  get hasRoom(): boolean {
    return this.#open.size < openMax;
  }

  open(response: ServerResponse, since: number): void {
    response.on("close", () => this.#open.delete(response));
    response.on("error", () => this.#open.delete(response));
    response.write("retry: 1000\n\n");
    for (const event of this.#log.since(since)) response.write(messageOf(event));
    response.write(this.#stateMessage());
    this.#open.add(response);
  }

  #stateMessage(): string {
    return `event: state\ndata: ${JSON.stringify(plainState(this.#desk.state))}\n\n`;
  }

  #toAll(message: string): void {
    for (const response of this.#open) {
      if (response.writableLength > waitingBytesMax) response.destroy();
      else response.write(message);
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#beat);
    this.#unlisten();
    for (const response of this.#open) response.end();
    this.#open.clear();
  }
}

function messageOf(event: DayEvent): string {
  return `id: ${event.seq}\nevent: day\ndata: ${JSON.stringify(event)}\n\n`;
}

/** What a page shows of it. */
function plainState({ noteKeys: _noteKeys, ...state }: DayState): object {
  return state;
}
