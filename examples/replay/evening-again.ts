/**
 * An evening of production on tonight's stream. A trace is sent again, with twice the viewers, as
 * far behind the live edge as then. Meanwhile the way to the origin is slow.
 */
import { defineExperiment, type Phase } from "seawall";
import { replay } from "seawall/streaming";
import { nginxSegments } from "../nginx-segments/target.ts";

const everyPhase: readonly Phase[] = ["baseline", "fault", "recovery"];

export default defineExperiment({
  name: "evening-again",
  title: "The evening of the final again, with twice the viewers and a slow way to the origin",
  story:
    "The trace holds two minutes around a goal: forty viewers become a hundred and twenty. " +
    "Twice as many return tonight, at the moments of that evening, and the way from the cache " +
    "to the origin is slow. The cache fetches each segment once, so all are served.",
  tier: "storm",
  target: nginxSegments,
  topology: "own",
  phasesMs: { baseline: 12_000, fault: 16_000, recovery: 12_000 },
  load: [
    {
      name: "evening",
      workload: replay("./evening.trace", {
        times: 2,
        fromMs: 40_000,
        relativeToLiveEdge: true,
      }),
      lane: "live",
      vus: 300,
    },
  ],
  hypothesis: [
    {
      id: "live-served",
      title: "Live segments reach their viewers in time",
      metric: "segment_ms",
      where: { lane: "live" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.999,
      during: everyPhase,
      samplesMin: 150,
    },
    {
      id: "live-wait",
      title: "Nearly every live viewer waits less than a second",
      metric: "segment_ms",
      where: { lane: "live" },
      statistic: "p99",
      comparison: "<=",
      limit: 1_000,
      unit: "ms",
      during: everyPhase,
      samplesMin: 150,
    },
  ],
  recovery: {
    id: "live-recovers",
    title: "Live viewers get their segments again as before",
    goodput: { metric: "segment_ms", where: { lane: "live" } },
    having: { outcome: "served" },
    shareMin: 0.999,
    ofBaselineMin: 0.8,
    withinMs: 4_000,
    windowMs: 4_000,
  },
  method: [
    {
      atMs: 2_000,
      forMs: 10_000,
      fault: {
        kind: "latency",
        links: { from: { service: "edge" }, to: { service: "origin" } },
        delayMs: 150,
        jitterMs: 30,
      },
    },
  ],
  blastRadius: { services: ["edge", "origin"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: [],
});
