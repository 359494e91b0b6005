/**
 * Acknowledged segments are durable: after the last phase, each is read back from the store,
 * bypassing every cache, and compared.
 */
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { everyPhase } from "./live-served.ts";

/**
 * `segmentsMin`: acknowledged segments per phase, over all pipelines and renditions. A segment that
 * cannot be read back makes the run inconclusive.
 */
export function durable(segmentsMin = 6): Claim {
  return {
    id: "durable",
    title: "Every acknowledged segment is read back intact",
    metric: "durable",
    statistic: "share",
    having: { outcome: "intact" },
    comparison: "==",
    limit: 1,
    during: everyPhase,
    samplesMin: segmentsMin,
  };
}
