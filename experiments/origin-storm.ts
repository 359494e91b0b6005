/** All viewers request the new segment at once, and during that one origin dies. */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveRecovers } from "./claims/live-recovers.ts";
import { everyPhase, liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

const edges = 2;

/*
 * Load: 250 viewers a second arrive in groups of 330. If half of them have to retry, k6 on two
 * cores starts the last ones 0.4 s late.
 */

export default defineExperiment({
  name: "origin-storm",
  title: "Origin storm: a crowd at the live edge while an origin of region A dies",
  story:
    "At the peak of a live event, all viewers request the same new segment in the same " +
    "instant, every two seconds. The edges collapse these into one request per rendition, so " +
    "the origin's work does not depend on the audience. When an origin instance dies during " +
    "the peak, the edges fill from the other region before viewers' buffers are empty. It " +
    "replays the peak minutes of a large live event.",
  tier: "storm",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 16_000, fault: 24_000, recovery: 20_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 20, fault: 200, recovery: 20 },
      vus: 1_000,
    },
    {
      name: "dvr",
      workload: "viewers",
      exec: "dvr",
      lane: "dvr",
      ratePerSecond: { baseline: 5, fault: 20, recovery: 5 },
      vus: 120,
    },
  ],
  hypothesis: [
    ...liveServed(300),
    {
      // One GET per edge, rendition and segment, for any audience. The extra fifth covers requests
      // that edges repeat because of a failing origin.
      id: "origin-gets",
      title: "Origin GETs per edge and segment do not grow with the audience",
      metric: "origin_gets",
      where: { lane: "live" },
      statistic: "ratio",
      per: { metric: "publish_ms", where: { pipeline: "a", outcome: "acked" }, times: edges },
      comparison: "<=",
      limit: 1.2,
      during: everyPhase,
      samplesMin: 20,
    },
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(40),
  ],
  recovery: liveRecovers(8_000, "Live viewers get their segments again as before the storm"),
  method: [
    { atMs: 6_000, forMs: 10_000, fault: { kind: "kill", service: "region-a/origin-read" } },
  ],
  blastRadius: { services: ["region-a/origin-read"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: {
    collapsing: ["origin-gets"],
    holdOpen: ["origin-gets"],
    regionFailover: ["live-served"],
  },
});
