/** How many chunks are read at once, and who is refused first when there is no room. */
import { createGradient2 } from "../service/gradient2.ts";

/**
 * `dvr` gives way first; `admitted` is the rest of something that was begun and is never refused.
 */
export type Claim = "live" | "dvr" | "admitted";

/** How much of the limit a claim may see used: what DVR leaves is live's. */
export const shares: Readonly<Record<Claim, number>> = { dvr: 0.7, live: 1, admitted: Infinity };

/**
 * Above the library's 20: a first burst must not be refused before there is anything to judge by.
 */
export const initialLimit = 100;

/**
 * A store that refuses a request for its rate says itself how much it can, and it refuses the
 * writes of others as readily: its answers take no longer for it, so the gradient sees little. DVR
 * stays out for so long then, in ms: choose half a second, in which a bucket gets back half of what
 * it grants in one.
 */
export const reliefMs = 500;

export interface Concurrency {
  /** Null when there is no room for it; else to be called once when it is over. */
  begin(claim: Claim): (() => void) | null;
  /** The store refused a request for its rate. */
  refused(): void;
  readonly limit: number;
  readonly inFlight: number;
}

/** With `limited` off all are let in, and still counted. */
export function createConcurrency(monotonicMs: () => number, limited: boolean): Concurrency {
  const gradient = createGradient2({ initial: initialLimit });
  let relievedUntilMs = -Infinity;
  return {
    begin(claim) {
      if (limited && claim === "dvr" && monotonicMs() < relievedUntilMs) return null;
      if (!gradient.tryAcquire(limited ? shares[claim] : Infinity)) return null;
      const startedMs = monotonicMs();
      return () => gradient.release(monotonicMs() - startedMs);
    },
    refused() {
      relievedUntilMs = monotonicMs() + reliefMs;
    },
    get limit() {
      return gradient.limit;
    },
    get inFlight() {
      return gradient.inFlight;
    },
  };
}
