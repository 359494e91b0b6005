/**
 * The day's events on disk, one line of JSON each, numbered from 1. A page that comes back asks for
 * what follows the last number that it has seen, and gets it from the file. What people and runs do
 * is on disk before the day goes on; the measures of each second need not be.
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
   * From the file, without waiting: whoever listens from the same moment on misses nothing and
   * hears nothing twice.
   */
  since(seq: number): readonly DayEvent[] {
    return readDayEvents(this.#path).filter((event) => event.seq > seq);
  }

  /** Returns what ends it. */
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

/** A torn line, such as a killed harness leaves, is passed over. */
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
