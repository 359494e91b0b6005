/** A region fails piece by piece until all of it is gone, and its viewers move to the other. */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveRecovers } from "./claims/live-recovers.ts";
import { liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

const region = "region-a";
const inRegion = [
  "cassandra",
  "memcached",
  "origin-publish",
  "origin-read",
  "packager",
  "edge",
  "gateway",
].map((kind) => `${region}/${kind}`);

export default defineExperiment({
  name: "region-loss",
  title: "Region loss: region A loses its origin, then its edge, then everything",
  story:
    "A region rarely fails at once. First its origin fails, and its edge fills from the " +
    "other region. " +
    "Then its edge fails, and its gateway sends sessions to the other region's edge. " +
    "Then all of it is gone: the other gateway takes over, and half of the target carries " +
    "the whole audience. " +
    "When the region is back, new viewers there are served. " +
    "It replays Chaos Kong, Netflix's exercise of evacuating a region.",
  tier: "kong",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 14_000, fault: 40_000, recovery: 24_000 },
  load: [
    {
      name: "sessions",
      workload: "sessions",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 50, fault: 50, recovery: 50 },
      vus: 320,
    },
    {
      name: "dvr",
      workload: "viewers",
      exec: "dvrRoaming",
      lane: "dvr",
      ratePerSecond: { baseline: 8, fault: 8, recovery: 8 },
      vus: 80,
    },
  ],
  hypothesis: [
    ...liveServed(500),
    {
      // Of the viewers who are served there. The first claim covers those who are not served at
      // all. Measured: 0.56 s. A gateway needs 1 s to notice a lost edge.
      id: "edge-switch-quick",
      title: "Viewers who lose an edge are served by the other region within three seconds",
      metric: "segment_ms",
      where: { lane: "live", home: `${region}/edge`, entry: "region-b/edge" },
      statistic: "p99",
      comparison: "<=",
      limit: 3_000,
      unit: "ms",
      during: ["fault"],
      samplesMin: 20,
    },
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(),
  ],
  recovery: liveRecovers(8_000, "Live viewers get their segments as before the loss"),
  method: [
    { atMs: 2_000, forMs: 5_000, fault: { kind: "kill", service: `${region}/origin-read` } },
    // Longer than a viewer can wait, and then time for the edge to return before the region is
    // lost.
    { atMs: 9_000, forMs: 6_000, fault: { kind: "kill", service: `${region}/edge` } },
    { atMs: 21_000, forMs: 5_000, fault: { kind: "regionLoss", region } },
  ],
  blastRadius: { services: inRegion, faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { regionFailover: ["live-served"], steering: ["live-served"] },
});
