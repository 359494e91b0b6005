/** Publishing goes on whatever happens: no segment runs out of its packager's 2 s of trying. */
import type { Claim } from "../../harness/core/experiment.ts";
import { everyPhase } from "./live-served.ts";

/** `samplesMin`: publications that each phase must have seen at least. */
export function publicationsAcknowledged(samplesMin: number, title = "Every segment that was published was acknowledged"): Claim {
  return {
    title, metric: "publish_ms", statistic: "share", having: { outcome: "acked" },
    comparison: "==", limit: 1, during: everyPhase, samplesMin,
  };
}
