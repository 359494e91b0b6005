/**
 * The same evening on the reference target, while an origin dies at the goal. With
 * `--substrate simulated` it takes a second.
 */
import { defineExperiment, type Phase } from "seawall";
import { liveStreaming, replay } from "seawall/streaming";

const everyPhase: readonly Phase[] = ["baseline", "fault", "recovery"];

export default defineExperiment({
  name: "evening-rehearsed",
  title: "The evening of the final on the reference target, while an origin dies at the goal",
  story:
    "The trace holds two minutes around a goal: forty viewers become a hundred and twenty. In " +
    "that moment an origin of region A dies. The edges fill from the other region, so viewers " +
    "see nothing of it.",
  tier: "storm",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 16_000, fault: 24_000, recovery: 16_000 },
  load: [
    {
      name: "evening",
      workload: replay("./evening.trace", { fromMs: 34_000, relativeToLiveEdge: true }),
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
      limit: 0.99,
      during: everyPhase,
      samplesMin: 150,
    },
    {
      id: "live-wait",
      title: "Nearly every live viewer waits less than two seconds",
      metric: "segment_ms",
      where: { lane: "live" },
      statistic: "p99",
      comparison: "<=",
      limit: 2_000,
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
    withinMs: 8_000,
    windowMs: 4_000,
  },
  method: [
    { atMs: 6_000, forMs: 10_000, fault: { kind: "kill", service: "region-a/origin-read" } },
  ],
  blastRadius: { services: ["region-a/origin-read"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { regionFailover: ["live-served"] },
});
