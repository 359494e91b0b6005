/** Most of the requests ask for what is not there, and neither the live edge nor the store feels it. */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import type { Phase } from "../harness/base/phases.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { everyPhase, liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

// Limits: origin GETs 0.016 for each such request, 0.29 without negativeCache; all look-ups from memory; 2 to 3 store reads a second, live viewers' median
// 4 to 12 ms (183 ms on a machine with five times the work that it can do).
const storm: readonly Phase[] = ["fault"];

export default defineExperiment({
  name: "not-found-storm",
  title: "Not-found storm: ten times the audience asks for what is not there",
  story:
    "Devices whose clocks are minutes ahead ask for what is not made yet, those two seconds ahead for what will be live in a moment, bookmarks lead to what was thrown away hours ago, scanners try renditions " +
    "that never were, and one link that everybody follows leads to a segment that was never made. Numbers that cannot exist are refused by the edges, " +
    "answers that something is not there are kept for as long as they are true and no longer, and what exists is known in the origin's memory: so " +
    "the store does not notice, and a live viewer who comes after someone impatient gets the segment as soon as it is there. It replays the 404 " +
    "storms that live events bring, when devices' clocks and an event's beginning do not agree.",
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
      title: "Live viewers get a segment as soon as ever, although others asked for it too early",
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
      // All that the edges ask, live segments included, for each request for what is not there.
      title: "Hardly any of it reaches an origin",
      metric: "origin_gets",
      statistic: "ratio",
      per: { metric: "http_req_ms", where: { lane: "junk" }, times: 1 },
      comparison: "<=",
      limit: 0.1,
      during: storm,
      samplesMin: 5_000,
    },
    {
      title: "What exists is known from memory",
      metric: "origin_metadata_lookups_total",
      statistic: "share",
      having: { from: "memory" },
      comparison: ">=",
      limit: 0.9,
      during: storm,
      samplesMin: 50,
    },
    {
      title: "The store is not read for it",
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
    negativeCache: ["Hardly any of it reaches an origin"],
    rangeGate: ["Hardly any of it reaches an origin"],
    msTtl: ["Live viewers get a segment as soon as ever"],
    metadataCache: ["What exists is known from memory", "The store is not read for it"],
  },
});
