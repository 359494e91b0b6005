/**
 * What was acknowledged stays: after the last phase every acknowledged segment is read back from
 * the store, past every cache, and compared.
 */
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { everyPhase } from "./live-served.ts";

/**
 * `segmentsMin`: acknowledged segments of each phase, over all pipelines and renditions. One that
 * could not be asked for makes the run inconclusive.
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
