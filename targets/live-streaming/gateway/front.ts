/**
 * The front of the gateway, where requests are read one after another. Each takes a least time, one that is refused too, as with encrypted
 * connections and devices' certificates: what a crowd that tries again costs is then the same on any processor that is fast enough.
 */
import { setTimeout as sleepOnTheWall } from "node:timers/promises";
import { createFifo } from "./fifo.ts";
import type { BusyMs } from "./utilisation.ts";

export interface Front {
  /** Resolves when the request has been read, which is after all that came before it; undefined when that takes no time. */
  read(): Promise<unknown> | undefined;
  readonly busyMs: BusyMs;
}

export interface FrontParts {
  /** For one request. */
  readonly requestMsMin: number;
  readonly nowMs: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

export function createFront({ requestMsMin, nowMs, sleep = (ms) => sleepOnTheWall(ms) }: FrontParts): Front {
  const { add, busyMs } = createFifo(nowMs);
  return { busyMs, read: () => requestMsMin === 0 ? undefined : sleep(add(requestMsMin)) };
}
