/**
 * The real clock. Wall-clock time at sub-millisecond resolution, anchored once, so that it never
 * runs backwards within a run.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../target/deployment.ts";

/**
 * Aligns the monotonic clock to the tick of the wall clock, to within some tens of microseconds.
 */
function anchor(): number {
  const before = Date.now();
  let after = before;
  while (after === before) after = Date.now();
  return after - performance.now();
}

export function realClock(): Clock {
  // Whoever is put aside between the two clocks comes out too low; three times in a row is
  // unlikely.
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
 * How far the wall clock has moved against `clock` since it was anchored, in ms; 0 unless somebody
 * set the time.
 */
export function wallClockStepMs(clock: Clock): number {
  return Date.now() - clock.nowMs();
}
