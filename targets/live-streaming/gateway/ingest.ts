/**
 * Accepts ad events and telemetry into a bounded queue, which one writer empties in batches. Events
 * that do not fit are shed and counted. At any moment accepted = stored + shed + queued, exactly. A
 * flood of telemetry costs the serving path only the counting.
 */
import { setTimeout as sleepOnTheWall } from "node:timers/promises";
import type { Bucket } from "./admission.ts";

export interface EventSink {
  /**
   * Resolves with the number of stored lines, counted from the first. It is less than all if the
   * rest failed. Rejects if none is stored.
   */
  append(lines: readonly string[]): Promise<number>;
}

export interface IngestCounts {
  readonly accepted: number;
  readonly stored: number;
  readonly shed: number;
  readonly queued: number;
}

export interface Ingest {
  /**
   * The number of lines that fit. `share` (0…1) is the part of the queue that their kind may fill.
   */
  offer(
    lines: readonly string[],
    share: number,
  ): { readonly accepted: number; readonly shed: number };
  readonly full: boolean;
  readonly counts: IngestCounts;
  /** Writes out all queued events. */
  flush(): Promise<void>;
}

export interface IngestOptions {
  readonly sink: EventSink;
  /** Off: each event is written at once and by itself, however many writes are open. */
  readonly bounded: boolean;
  readonly queueMax: number;
  readonly batchMax: number;
  /** Between two batches, because many small ones would cost more than they are worth. */
  readonly pauseMs: number;
  readonly onFailure: (error: unknown) => void;
  /** Resolves after so many ms, or as soon as the signal fires. */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<unknown>;
}

const sleepReally: NonNullable<IngestOptions["sleep"]> = (ms, signal) =>
  sleepOnTheWall(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);

/** Ads are paid for, so telemetry leaves them a part of the queue. A chosen value. */
const telemetryQueueShare = 0.8;

export const queueShareOf = (bucket: Bucket): number =>
  bucket === "BULK" ? telemetryQueueShare : 1;

/** The number of attempts before a batch is dropped. */
const attemptsMax = 3;

export function createIngest({
  sink,
  bounded,
  queueMax,
  batchMax,
  pauseMs,
  onFailure,
  sleep = sleepReally,
}: IngestOptions): Ingest {
  let queue: string[] = [];
  let [accepted, stored, shed, underWay] = [0, 0, 0, 0];
  let writing: Promise<void> | null = null;
  let flushing = new AbortController();

  const store = async (lines: readonly string[]): Promise<void> => {
    underWay += lines.length;
    let rest = lines;
    for (let failures = 0; rest.length > 0 && failures < attemptsMax; ) {
      try {
        const kept = await sink.append(rest);
        stored += kept;
        underWay -= kept;
        rest = rest.slice(kept);
      } catch (error) {
        failures += 1;
        onFailure(error);
        if (failures < attemptsMax) await sleep(50 * failures);
      }
    }
    underWay -= rest.length;
    shed += rest.length;
  };
  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      // A flush ends the pause.
      await sleep(pauseMs, flushing.signal);
      const batch = queue.slice(0, batchMax);
      queue = queue.slice(batchMax);
      await store(batch);
    }
  };
  const start = (): void => {
    if (queue.length === 0 || writing !== null) return;
    writing = drain().finally(() => {
      writing = null;
      start();
    });
  };
  const unbounded = new Set<Promise<void>>();

  return {
    offer(lines, share) {
      accepted += lines.length;
      if (!bounded) {
        for (const line of lines) {
          const write: Promise<void> = store([line]).finally(() => unbounded.delete(write));
          unbounded.add(write);
        }
        return { accepted: lines.length, shed: 0 };
      }
      const room = Math.max(0, Math.floor(queueMax * share) - queue.length - underWay);
      for (const line of lines.slice(0, room)) queue.push(line);
      const over = Math.max(0, lines.length - room);
      shed += over;
      start();
      return { accepted: lines.length, shed: over };
    },
    get full() {
      return bounded && queue.length + underWay >= queueMax;
    },
    get counts() {
      return { accepted, stored, shed, queued: queue.length + underWay };
    },
    async flush() {
      flushing.abort();
      while (writing !== null || unbounded.size > 0) await Promise.all([writing, ...unbounded]);
      flushing = new AbortController();
    },
  };
}
