/**
 * The real clock: wall-clock time with sub-millisecond resolution. It is anchored once, so that it
 * never runs backwards within a run.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../target/deployment.ts";

/** Aligns the monotonic clock with the tick of the wall clock, within some tens of microseconds. */
function anchor(): number {
  const before = Date.now();
  let after = before;
  while (after === before) after = Date.now();
  return after - performance.now();
}

export function realClock(): Clock {
  // A process that is preempted between the two readings gets too low a value; three times in a row
  // is unlikely.
  const offsetMs = Math.max(anchor(), anchor(), anchor());
  return {
    nowMs: () => offsetMs + performance.now(),
    monotonicMs: () => performance.now(),
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      try {
        await delay(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
  };
}

/**
 * The distance in ms by which the wall clock has moved against `clock` since it was anchored; 0
 * unless the time was set.
 */
export function wallClockStepMs(clock: Clock): number {
  return Date.now() - clock.nowMs();
}
