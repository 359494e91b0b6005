/** The newest segments begin seconds late on the way from an origin to its edge. */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import { faults } from "../targets/live-streaming/pack/faults.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveRecovers } from "./claims/live-recovers.ts";
import { liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

const links = { from: { service: "region-a/edge" }, to: { service: "region-a/origin-read" } };

export default defineExperiment({
  name: "slow-first-byte",
  title: "Slow first bytes: the live edge of one origin begins 5 s late",
  story:
    "A connection is quick, a health check is quick, and the one answer that matters takes " +
    "seconds to begin. " +
    "Between the origin of region A and its edge, segments at the live edge begin 5 s late; " +
    "older ones and health checks do not. " +
    "So the origin counts as healthy, and each request finds out again. " +
    "The edge waits no longer than a viewer can, and asks the other region.",
  tier: "latency",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 12_000, fault: 16_000, recovery: 16_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 50, fault: 50, recovery: 50 },
      vus: 400,
    },
    {
      name: "dvr",
      workload: "viewers",
      exec: "dvr",
      lane: "dvr",
      ratePerSecond: { baseline: 5, fault: 5, recovery: 5 },
      vus: 80,
    },
  ],
  hypothesis: [
    ...liveServed(300),
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(20),
  ],
  recovery: liveRecovers(4_000),
  method: [
    {
      atMs: 2_000,
      forMs: 12_000,
      fault: faults.badObjects({
        links,
        objects: { of: "segment", behindLiveEdge: { to: 4 } },
        answer: { is: "slowFirstByte", delayMs: 5_000 },
      }),
    },
  ],
  blastRadius: { services: ["region-a/edge"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { regionFailover: ["live-served"] },
});
