/** The requests of a trace as a load sends them: cut, filtered, stretched and multiplied. Pure. */
import type { TraceObject, TraceRow } from "./trace.ts";

export interface ReplayWishes {
  /** Copies of each session. A fraction is a share of the sessions. */
  readonly times: number;
  /** Factor on all times: 2 is half as fast. */
  readonly stretch: number;
  /** The part of the trace, in its own ms; null: to its end. */
  readonly fromMs: number;
  readonly toMs: number | null;
  /** Kinds of objects, or paths of the trace with `*` for anything; empty: all. */
  readonly only: readonly string[];
}

/** One request that a load sends. */
export interface ReplayRow {
  /** In ms after the load's zero. */
  readonly dueMs: number;
  readonly object: number;
  readonly number: number | null;
  readonly session: string;
  /** Its moment in the trace. */
  readonly traceMs: number;
  /** It was answered with a success. */
  readonly served: boolean;
}

/** Copies of a session begin within this time of one another, so that they are independent. */
export const apartMs = 1_000;
/** Counts of a schedule are per so many ms: fine enough for bursts, and exact in binary. */
export const scheduleMs = 125;
/** All of a load are in memory while it runs. */
export const replayRowsMax = 1_000_000;

/** Whether `only` lets an object through. */
export function isWanted({ kind, path }: TraceObject, only: readonly string[]): boolean {
  if (only.length === 0) return true;
  return only.some(
    (one) =>
      one === kind ||
      new RegExp(
        `^${one
          .split("*")
          .map((part) => part.replaceAll(/[.+?^$()|[\]{}\\]/g, "\\$&"))
          .join(".*")}$`,
      ).test(path),
  );
}

/** Collects what a load sends. `lengthMs`: how long it runs; later requests are left out. */
export class Replaying {
  readonly #wishes: ReplayWishes;
  readonly #lengthMs: number;
  readonly #rows: ReplayRow[] = [];
  /** There were more than a load may have. */
  isTooLarge = false;

  constructor(wishes: ReplayWishes, lengthMs: number) {
    this.#wishes = wishes;
    this.#lengthMs = lengthMs;
  }

  take(row: TraceRow): void {
    const { times, stretch, fromMs, toMs } = this.#wishes;
    if (row.atMs < fromMs || (toMs !== null && row.atMs >= toMs)) return;
    const atMs = (row.atMs - fromMs) * stretch;
    if (atMs >= this.#lengthMs || this.isTooLarge) return;
    const whole = Math.floor(times);
    const copies = whole + (drawOf(row.session, -1) < times - whole ? 1 : 0);
    for (let copy = 0; copy < copies; copy++) {
      const dueMs = atMs + (copy === 0 ? 0 : drawOf(row.session, copy) * apartMs);
      if (dueMs >= this.#lengthMs) continue;
      if (this.#rows.length >= replayRowsMax) this.isTooLarge = true;
      else
        this.#rows.push({
          dueMs: Math.round(dueMs),
          object: row.object,
          number: row.number,
          session: copy === 0 ? row.session : `${row.session}.${copy}`,
          traceMs: row.atMs,
          served: row.status >= 200 && row.status < 300,
        });
    }
  }

  /** In order of time; those of one moment in the order of the trace. */
  finish(): ReplayRow[] {
    return this.#rows.sort((a, b) => a.dueMs - b.dueMs);
  }
}

/** A number in [0, 1) that depends on the session and the copy alone. FNV-1a, mixed. */
function drawOf(session: string, copy: number): number {
  let hash = 0x811c9dc5;
  for (const letter of `${session}#${copy}`)
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** Requests in each `scheduleMs`, for a load of `lengthMs`. */
export function scheduleOf(rows: readonly ReplayRow[], lengthMs: number): number[] {
  const counts = Array<number>(Math.ceil(lengthMs / scheduleMs)).fill(0);
  for (const { dueMs } of rows) {
    const at = Math.floor(dueMs / scheduleMs);
    if (at < counts.length) counts[at] = (counts[at] as number) + 1;
  }
  return counts;
}

/** What the generator sends, in order. */
export interface SentRow {
  readonly dueMs: number;
  readonly object: number;
  /** An offset for `numberAt`, or the number itself. */
  readonly number: number | null;
  readonly session: string;
}

/** By load, what it sends. */
export type SentRows = ReadonlyMap<string, readonly SentRow[]>;
