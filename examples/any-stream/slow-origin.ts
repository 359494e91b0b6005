/**
 * A crowd watches a stream that Seawall knows only by its address, while the way to its origin is
 * slow.
 */
import { defineExperiment, type Phase } from "seawall";
import { anyStream } from "./target.ts";

const everyPhase: readonly Phase[] = ["baseline", "fault", "recovery"];

export default defineExperiment({
  name: "slow-origin-any-stream",
  title: "A crowd follows a playlist while the way to the origin is slow",
  story:
    "Viewers ask for the playlist when it is due, and for the newest segment in it. Whatever " +
    "lies between cache and origin adds a tenth of a second. The cache fetches each once.",
  tier: "storm",
  target: anyStream,
  topology: "own",
  phasesMs: { baseline: 8_000, fault: 12_000, recovery: 12_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 20, fault: 60, recovery: 20 },
      vus: 120,
    },
    {
      name: "dvr",
      workload: "viewers",
      exec: "dvr",
      lane: "dvr",
      ratePerSecond: { baseline: 5, fault: 10, recovery: 5 },
      vus: 60,
    },
  ],
  hypothesis: [
    {
      id: "live-served",
      title: "Live viewers get the newest segment in time",
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
      id: "dvr-served",
      title: "What is past is served as well",
      metric: "segment_ms",
      where: { lane: "dvr" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.99,
      during: everyPhase,
      samplesMin: 30,
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
      forMs: 8_000,
      fault: {
        kind: "latency",
        links: { from: { service: "edge" }, to: { service: "origin" } },
        delayMs: 100,
        jitterMs: 20,
      },
    },
  ],
  blastRadius: { services: ["edge", "origin"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: [],
});
