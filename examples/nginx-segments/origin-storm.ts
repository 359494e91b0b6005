/**
 * The origin storm against an external backend: the crowd arrives, and the link from the cache to
 * its origin becomes slow.
 */
import { defineExperiment, type Phase } from "seawall";
import { nginxSegments } from "./target.ts";

const everyPhase: readonly Phase[] = ["baseline", "fault", "recovery"];

export default defineExperiment({
  name: "origin-storm-nginx",
  title: "Origin storm against nginx: a crowd at the live edge while the way to the origin is slow",
  story:
    "Eight times the audience asks for each new segment as it appears, while whatever lies " +
    "between cache and origin adds a quarter of a second. The cache fetches each segment " +
    "once, so viewers wait a little longer and get everything.",
  tier: "storm",
  target: nginxSegments,
  topology: "own",
  phasesMs: { baseline: 8_000, fault: 12_000, recovery: 12_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 25, fault: 200, recovery: 25 },
      vus: 900,
    },
    {
      name: "dvr",
      workload: "viewers",
      exec: "dvr",
      lane: "dvr",
      ratePerSecond: { baseline: 5, fault: 20, recovery: 5 },
      vus: 150,
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
    // A deadline of 4 s hides how long viewers wait, and retries hide refusals, so there are these
    // two claims. Measured: 1 s on two busy cores.
    {
      id: "live-wait",
      title: "Nearly every live viewer waits less than a second and a half",
      metric: "segment_ms",
      where: { lane: "live" },
      statistic: "p99",
      comparison: "<=",
      limit: 1_500,
      unit: "ms",
      during: everyPhase,
      samplesMin: 150,
    },
    {
      id: "live-requests-answered",
      title: "Nearly every live request is answered with a segment",
      metric: "http_req_ms",
      where: { lane: "live" },
      statistic: "share",
      having: { status: "200" },
      comparison: ">=",
      limit: 0.9,
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
      forMs: 8_000,
      fault: {
        kind: "latency",
        links: { from: { service: "edge" }, to: { service: "origin" } },
        delayMs: 250,
        jitterMs: 50,
      },
    },
  ],
  blastRadius: { services: ["edge", "origin"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: [],
});
