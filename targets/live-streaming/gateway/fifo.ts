/**
 * A queue with one server, first come, first served: how long each piece of work waits and takes,
 * and how much of it is done.
 */
import type { BusyMs } from "./utilisation.ts";

export interface Fifo {
  /**
   * Adds work of `ms`, at least 0; returns in how many ms it will be done, after all that came
   * before it.
   */
  add(ms: number): number;
  /** What is still to do does not count. */
  readonly busyMs: BusyMs;
}

export function createFifo(nowMs: () => number): Fifo {
  let freeAtMs = nowMs();
  let addedMs = 0;
  return {
    add(ms) {
      const now = nowMs();
      freeAtMs = Math.max(freeAtMs, now) + ms;
      addedMs += ms;
      return freeAtMs - now;
    },
    busyMs: () => addedMs - Math.max(0, freeAtMs - nowMs()),
  };
}
