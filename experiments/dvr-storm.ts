/**
 * All viewers rewind at once, to content that no cache holds, from a slow store. DVR is shed; live
 * and publication are not.
 */
import { defineExperiment, type Step } from "../harness/experiment/experiment.ts";
import type { Phase } from "../harness/base/phases.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { faults } from "../targets/live-streaming/pack/faults.ts";
import { durable } from "./claims/durable.ts";
import { everyPhase, liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

// Limits: 489 DVR requests refused; 23 store reads a second; 37 DVR requests a second at the
// origins, 98 without shedCaching. Publications' p95 is 63 to 244 ms. All on a machine with other
// load.
const storm: readonly Phase[] = ["fault"];
const regions = ["region-a", "region-b"];
const readers = { kind: "origin-read" };
const [fromMs, forMs] = [4_000, 16_000];

/**
 * Two edges represent many: each flush of both simulates two more edges that join with empty
 * caches.
 */
const newEdges: readonly Step[] = [0, 3_000, 6_000, 9_000, 12_000].flatMap((afterMs) =>
  regions.map(
    (region): Step => ({
      atMs: fromMs + 1_000 + afterMs,
      forMs: 1_500,
      fault: faults.coldCache({ service: `${region}/edge` }),
    }),
  ),
);

export default defineExperiment({
  name: "dvr-storm",
  title: "DVR storm: a wave of rewinds meets a slow store and no chunk cache",
  story:
    "After a goal all viewers seek back, each to another moment. Edges that just joined are " +
    "cold, and the read origins have lost their chunk cache. The store answers slowly, so " +
    "every rewind becomes a slow read. More than 40 % of the origin's reads exceed the target " +
    "latency, so it refuses DVR, and edges cache the refusals. Live viewers and packagers are " +
    "unaffected. Load alone cannot slow down a store on one small machine, so faults strike " +
    "the links to it and to the chunk cache.",
  tier: "storm",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 12_000, fault: 24_000, recovery: 20_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 40, fault: 40, recovery: 40 },
      vus: 300,
    },
    {
      name: "rewind",
      workload: "rewind",
      exec: "rewind",
      lane: "dvr",
      ratePerSecond: { baseline: 10, fault: 120, recovery: 10 },
      vus: 1_100,
    },
  ],
  hypothesis: [
    ...liveServed(300),
    {
      id: "dvr-shed",
      title: "DVR is refused while the store is slow",
      metric: "origin_requests_total",
      where: { lane: "dvr", outcome: "shed" },
      statistic: "sum",
      comparison: ">=",
      limit: 100,
      during: storm,
      samplesMin: 10,
    },
    {
      id: "store-spared",
      title: "A slow store is spared",
      metric: "origin_store_requests_total",
      where: { operation: "read", outcome: "done" },
      statistic: "rate",
      comparison: "<=",
      limit: 40,
      unit: "/s",
      during: storm,
      samplesMin: 10,
    },
    {
      id: "refused-do-not-ask-again",
      title: "Refused viewers do not ask the origins again and again",
      metric: "origin_gets",
      where: { lane: "dvr" },
      statistic: "rate",
      comparison: "<=",
      limit: 60,
      unit: "/s",
      during: storm,
      samplesMin: 10,
    },
    {
      id: "publishing-quick",
      title: "Publication stays fast",
      metric: "publish_ms",
      where: { outcome: "acked" },
      statistic: "p95",
      comparison: "<=",
      limit: 300,
      unit: "ms",
      during: everyPhase,
      samplesMin: 30,
    },
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(30),
  ],
  recovery: {
    id: "dvr-recovers",
    title: "Rewinding works again as before the wave",
    goodput: { metric: "segment_ms", where: { lane: "dvr" } },
    having: { outcome: "served" },
    shareMin: 0.99,
    ofBaselineMin: 0.5,
    withinMs: 10_000,
    windowMs: 4_000,
  },
  method: [
    {
      atMs: fromMs,
      forMs,
      fault: {
        kind: "latency",
        links: { from: readers, to: { kind: "cassandra" } },
        delayMs: 200,
        jitterMs: 50,
      },
    },
    {
      atMs: fromMs,
      forMs,
      fault: { kind: "partition", links: { from: readers, to: { kind: "memcached" } } },
    },
    ...newEdges,
  ],
  blastRadius: {
    services: regions.flatMap((region) => [`${region}/origin-read`, `${region}/edge`]),
    faultsAtOnceMax: 4,
  },
  abortWhen: [],
  reliesOn: {
    shedCaching: ["refused-do-not-ask-again"],
    publishIsolation: ["publishing-quick"],
  },
});
