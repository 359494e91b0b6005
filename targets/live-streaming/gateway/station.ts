/**
 * What a gateway does one after another, each for a least time: its front reads requests, its disk
 * takes writes. Least times make a gateway as large as it is meant to be, on any machine that is
 * fast enough: what is a storm on one must not be a breeze on another.
 */
import { setTimeout as sleepOnTheWall } from "node:timers/promises";
import { createFifo } from "./fifo.ts";
import type { BusyMs } from "./utilisation.ts";

export interface Station {
  /**
   * Resolves when this one's least time is over, which begins after all that came before it;
   * undefined when that takes no time.
   */
  pass(): Promise<unknown> | undefined;
  readonly busyMs: BusyMs;
}

export interface StationParts {
  /** For one that passes. */
  readonly msMin: number;
  readonly nowMs: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

export function createStation({
  msMin,
  nowMs,
  sleep = (ms) => sleepOnTheWall(ms),
}: StationParts): Station {
  const { add, busyMs } = createFifo(nowMs);
  return { busyMs, pass: () => (msMin === 0 ? undefined : sleep(add(msMin))) };
}
