/**
 * Limits concurrent chunk reads, and decides which requests are refused first when there is no
 * room.
 */
import { createGradient2 } from "../service/gradient2.ts";

/** `dvr` yields first. `admitted` is the rest of a started response and is never refused. */
export type Claim = "live" | "dvr" | "admitted";

/** The part of the limit that a class may use. Live gets what DVR leaves. */
export const shares: Readonly<Record<Claim, number>> = { dvr: 0.7, live: 1, admitted: Infinity };

/** Above the library's 20: a first burst must not be refused before there is any measurement. */
export const initialLimit = 100;

/** Returns a function to call once when the read ends; null if there is no room. */
export const reliefMs = 500;

export interface Concurrency {
  /** Null if there is no room. Otherwise the caller calls it once when done. */
  begin(claim: Claim): (() => void) | null;
  /** The store refused a request for its rate. */
  refused(): void;
  readonly limit: number;
  readonly inFlight: number;
}

/** With `limited` off, all requests are admitted and still counted. */
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
