/** Session starts: viewers who press play, and devices that prefetch what might be watched next. */
import { startSession } from "./library/gateway.ts";
import { optionsOf } from "./library/settings.ts";

export const options = optionsOf({ play: 2, prefetch: 2 });
export const needs = ["gateways"] as const;
/**
 * What each function plays, for how long at most one iteration waits, and whether it asks other
 * edges than its home. `plan` reads this text.
 */
export const plays = {
  play: [{ metric: "start_ms", lane: "start", kind: "play", patienceMs: 16_000 }],
  prefetch: [{ metric: "start_ms", lane: "start", kind: "prefetch", patienceMs: 3_000 }],
} as const;

/**
 * A viewer who pressed play expects a picture within seconds. Choose: 4 s for the session, as for a
 * live segment.
 */
const playGoodMs = 4_000;
/** …and goes away when there is none after so long. Choose. */
const playPatienceMs = 16_000;
/** Nobody waits for what is prefetched: it is of use for a while, and no loss. Choose: 3 s. */
const prefetchMs = 3_000;

export function play(): void {
  startSession({ kind: "play", goodWithinMs: playGoodMs, patienceMs: playPatienceMs });
}

export function prefetch(): void {
  startSession({ kind: "prefetch", goodWithinMs: prefetchMs, patienceMs: prefetchMs });
}
