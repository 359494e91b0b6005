/** At the peak, every cache loses its content at once. */
import { faults } from "../targets/live-streaming/pack/faults.ts";
import { defineExperiment, type Step } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveRecovers } from "./claims/live-recovers.ts";
import { everyPhase, liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

const caches = ["region-a", "region-b"].flatMap((region) => [
  `${region}/edge`,
  `${region}/memcached`,
]);
// Limits: 18 origin GETs per edge and segment without collapsing; 62 % of chunks from memory after
// the purge, as before it.
const edges = 2;
const atMs = 8_000;

export default defineExperiment({
  name: "cold-cache",
  title: "Cold cache: edges and chunk caches lose all that they hold at the peak",
  story:
    "A bad release or a mistaken purge empties all edges and both chunk caches while the " +
    "audience is at its peak. All requests miss at once, for the newest segment and for past " +
    "ones. The edges request each segment once, however many viewers wait for it. The origins " +
    "read each lost chunk from the store once and cache it again. It replays the purges that " +
    "caused global outages of other networks.",
  tier: "storm",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 12_000, fault: 20_000, recovery: 20_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 25, fault: 200, recovery: 25 },
      vus: 1_000,
    },
    {
      name: "dvr",
      workload: "viewers",
      exec: "dvr",
      lane: "dvr",
      ratePerSecond: { baseline: 10, fault: 40, recovery: 10 },
      vus: 400,
    },
  ],
  hypothesis: [
    ...liveServed(200),
    {
      id: "dvr-served",
      title: "Viewers who rewind are served",
      metric: "segment_ms",
      where: { lane: "dvr" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.99,
      during: everyPhase,
      samplesMin: 80,
    },
    {
      id: "origin-gets",
      title: "Origin GETs per edge and segment do not grow with the audience",
      metric: "origin_gets",
      where: { lane: "live" },
      statistic: "ratio",
      per: { metric: "publish_ms", where: { pipeline: "a", outcome: "acked" }, times: edges },
      comparison: "<=",
      limit: 1.8,
      during: everyPhase,
      samplesMin: 15,
    },
    {
      // Not all: if a segment is announced by the other region first, its chunks are read from the
      // store, where that copy arrives.
      id: "cache-warm-again",
      title: "The lost content is in memory again",
      metric: "origin_chunks_total",
      statistic: "share",
      having: { from: "memcached" },
      comparison: ">=",
      limit: 0.4,
      during: ["recovery"],
      samplesMin: 30,
    },
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(30),
  ],
  recovery: liveRecovers(4_000),
  method: caches.map(
    (service): Step => ({ atMs, forMs: 2_000, fault: faults.coldCache({ service }) }),
  ),
  blastRadius: { services: caches, faultsAtOnceMax: caches.length },
  abortWhen: [],
  reliesOn: {
    collapsing: ["origin-gets"],
    chunkCache: ["cache-warm-again"],
  },
});
