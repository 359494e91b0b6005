/** Most requests ask for absent segments, without any effect on the live edge or the store. */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import type { Phase } from "../harness/base/phases.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { everyPhase, liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

// Limits: origin GETs 0.016 per such request, 0.29 without negativeCache. All lookups are answered
// from memory. The store has 2 to 3 reads a second. Live viewers' median is 4 to 12 ms, and 183 ms
// on a machine with five times the work that it can do.
const storm: readonly Phase[] = ["fault"];

export default defineExperiment({
  name: "not-found-storm",
  title: "Not-found storm: ten times the audience asks for what does not exist",
  story:
    "Devices with wrong clocks ask for segments minutes or seconds ahead, bookmarks lead to " +
    "expired segments, and scanners try unknown renditions. " +
    "One popular link leads to a segment that never existed. " +
    "Edges refuse impossible numbers, cache 404 answers only for as long as they are true, " +
    "and origins know in memory what exists. " +
    "So the store sees no load, and a viewer who comes after an impatient one gets the " +
    "segment as soon as it exists. " +
    "It replays the 404 storms of live events, in which devices' clocks and an event's " +
    "beginning do not agree.",
  tier: "storm",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 12_000, fault: 24_000, recovery: 12_000 },
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
      name: "absent",
      workload: "absent",
      exec: "absent",
      lane: "junk",
      ratePerSecond: { baseline: 10, fault: 360, recovery: 10 },
      vus: 400,
    },
    {
      name: "fast",
      workload: "absent",
      exec: "fast",
      lane: "junk",
      ratePerSecond: { baseline: 10, fault: 40, recovery: 10 },
      vus: 200,
    },
  ],
  hypothesis: [
    ...liveServed(300),
    {
      id: "live-wait",
      title: "Live viewers get a segment as soon as it exists, although others asked too early",
      metric: "segment_ms",
      where: { lane: "live", outcome: "served" },
      statistic: "p50",
      comparison: "<=",
      limit: 400,
      unit: "ms",
      during: everyPhase,
      samplesMin: 300,
    },
    {
      // All origin GETs, including those of live segments, per request for an absent segment.
      id: "origin-spared",
      title: "Hardly any of these requests reach an origin",
      metric: "origin_gets",
      statistic: "ratio",
      per: { metric: "http_req_ms", where: { lane: "junk" }, times: 1 },
      comparison: "<=",
      limit: 0.1,
      during: storm,
      samplesMin: 5_000,
    },
    {
      id: "metadata-in-memory",
      title: "Origins know in memory what exists",
      metric: "origin_metadata_lookups_total",
      statistic: "share",
      having: { from: "memory" },
      comparison: ">=",
      limit: 0.9,
      during: storm,
      samplesMin: 50,
    },
    {
      id: "store-not-read",
      title: "The store is not read for these requests",
      metric: "origin_store_requests_total",
      where: { operation: "read" },
      statistic: "rate",
      comparison: "<=",
      limit: 5,
      unit: "/s",
      during: everyPhase,
      samplesMin: 4,
    },
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(30),
  ],
  recovery: null,
  method: [],
  blastRadius: { services: [], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: {
    negativeCache: ["origin-spared"],
    rangeGate: ["origin-spared"],
    msTtl: ["live-wait"],
    metadataCache: ["metadata-in-memory", "store-not-read"],
  },
});
