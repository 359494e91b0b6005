/**
 * The day's events on disk, one line of JSON each, numbered from 1. A page that reconnects asks for
 * the events after its last number, which are read from the file. Events of people and runs are
 * synced before the day continues; the measurements of each second need not be.
 */
import { existsSync, readFileSync } from "node:fs";
import { SeawallError } from "../base/errors.ts";
import type { DayEvent, DayHappening } from "./day/day.ts";
import { storageError } from "../system/files.ts";
import { LineFile } from "../system/line-file.ts";

export class DayLog implements Disposable {
  readonly #path: string;
  readonly #nowMs: () => number;
  readonly #file: LineFile;
  readonly #listeners = new Set<(event: DayEvent) => void>();
  #last: number;
  #closed = false;

  constructor(path: string, nowMs: () => number) {
    this.#path = path;
    this.#nowMs = nowMs;
    this.#last = readDayEvents(path).at(-1)?.seq ?? 0;
    try {
      this.#file = LineFile.open(path, "a");
    } catch (error) {
      throw storageError(path, error);
    }
  }

  append(happening: DayHappening): DayEvent {
    const event = { seq: this.#last + 1, atMs: this.#nowMs(), ...happening } as DayEvent;
    if (this.#closed) return event;
    try {
      this.#file.append(JSON.stringify(event), event.kind !== "second" && event.kind !== "claims");
    } catch (error) {
      throw storageError(this.#path, error);
    }
    this.#last = event.seq;
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  /**
   * Reads the file synchronously, so that a listener added at the same moment misses no event and
   * receives none twice.
   */
  since(seq: number): readonly DayEvent[] {
    return readDayEvents(this.#path).filter((event) => event.seq > seq);
  }

  /** Returns a function that removes the listener. */
  onEvent(listener: (event: DayEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#file[Symbol.dispose]();
  }
}

/** Skips a torn line, which a killed harness can leave. */
export function readDayEvents(path: string): DayEvent[] {
  if (!existsSync(path)) return [];
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .flatMap((line) => {
        const event = parsed(line);
        return event === null ? [] : [event];
      });
  } catch (error) {
    throw new SeawallError(
      "RUN_DIRECTORY_BROKEN",
      `${path} cannot be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function parsed(line: string): DayEvent | null {
  try {
    const event = JSON.parse(line) as DayEvent | null;
    return event !== null &&
      typeof event.kind === "string" &&
      Number.isSafeInteger(event.seq) &&
      Number.isFinite(event.atMs)
      ? event
      : null;
  } catch {
    return null;
  }
}
