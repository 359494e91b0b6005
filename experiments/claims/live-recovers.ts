/** After the last heal live viewers get their segments as they did before, and it stays so. */
import type { Recovery } from "../../harness/experiment/experiment.ts";

/**
 * `withinMs`: of it, two segments are one window. A fifth of the baseline's goodput is left for the
 * chance of who asks when.
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
