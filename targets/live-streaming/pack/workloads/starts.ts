/** Session starts: viewers who press play, and devices that prefetch what may be watched next. */
import { startSession } from "./library/gateway.ts";
import { optionsOf } from "./library/settings.ts";

export const options = optionsOf({ play: 2, prefetch: 2 });
export const needs = ["gateways"] as const;
/**
 * For each function: what it plays, how long an iteration waits at most, and whether it uses edges
 * other than its home. `plan` reads this text.
 */
export const plays = {
  play: [{ metric: "start_ms", lane: "start", kind: "play", patienceMs: 16_000 }],
  prefetch: [{ metric: "start_ms", lane: "start", kind: "prefetch", patienceMs: 3_000 }],
} as const;

/**
 * A viewer who pressed play expects a picture within seconds. A chosen value: 4 s for the session,
 * as for a live segment.
 */
const playGoodMs = 4_000;
/** …and leaves without one after this. A chosen value. */
const playPatienceMs = 16_000;
/**
 * No viewer waits for a prefetch. It is useful for a while, and no loss otherwise. A chosen value:
 * 3 s.
 */
const prefetchMs = 3_000;

/** One viewer who presses play: a gateway starts the session. */
export function play(): void {
  startSession({ kind: "play", goodWithinMs: playGoodMs, patienceMs: playPatienceMs });
}

/** One device that prefetches what may be watched next. */
export function prefetch(): void {
  startSession({ kind: "prefetch", goodWithinMs: prefetchMs, patienceMs: prefetchMs });
}
