/** After the last heal, live viewers are served as before, and stay served. */
import type { Recovery } from "../../harness/experiment/experiment.ts";

/**
 * Within `withinMs`, two segments are one window. A fifth of the baseline's goodput allows for the
 * random times of requests.
 */
export function liveRecovers(
  withinMs: number,
  title = "Live viewers get their segments again as before",
): Recovery {
  return {
    id: "live-recovers",
    title,
    goodput: { metric: "segment_ms", where: { lane: "live" } },
    having: { outcome: "served" },
    shareMin: 0.999,
    ofBaselineMin: 0.8,
    withinMs,
    windowMs: 4_000,
  };
}
