/**
 * A single-server FIFO queue: how long each job waits and takes, and how much of the work is done.
 */
import type { BusyMs } from "./utilisation.ts";

export interface Fifo {
  /** Adds a job of `ms` ≥ 0. Returns the ms until it is done, after all earlier jobs. */
  add(ms: number): number;
  /** Work that is still pending does not count. */
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
