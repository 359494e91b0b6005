/**
 * The serial stages of a gateway, each with a least time per item: its front reads requests, its
 * disk takes writes. Least times set the gateway's size independently of the machine, if that is
 * fast enough. A storm thus has the same weight everywhere.
 */
import { setTimeout as sleepOnTheWall } from "node:timers/promises";
import { createFifo } from "./fifo.ts";
import type { BusyMs } from "./utilisation.ts";

export interface SerialStage {
  /**
   * Resolves after the item's least time, which starts after all earlier items. Undefined if the
   * stage takes no time.
   */
  pass(): Promise<unknown> | undefined;
  readonly busyMs: BusyMs;
}

export interface SerialStageParts {
  /** The least time per item, in ms. */
  readonly msMin: number;
  readonly nowMs: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

export function createSerialStage({
  msMin,
  nowMs,
  sleep = (ms) => sleepOnTheWall(ms),
}: SerialStageParts): SerialStage {
  const { add, busyMs } = createFifo(nowMs);
  return { busyMs, pass: () => (msMin === 0 ? undefined : sleep(add(msMin))) };
}
