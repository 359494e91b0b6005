/** Segments break off on the way from an origin to its edge, while every health check passes. */
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
  name: "cut-bodies",
  title: "Cut bodies: segments break off between an origin and its edge",
  story:
    "A failing disk, a small buffer or a bad middlebox ends answers early, and the status is " +
    "still 200. " +
    "Between the origin of region A and its edge, each segment breaks off after half of its " +
    "bytes. " +
    "Health checks pass all the time, so the origin counts as healthy. " +
    "The edge does not pass a broken segment on: it has the whole body before its first viewer, " +
    "and asks the other region for what breaks off.",
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
        objects: { of: "segment" },
        answer: { is: "cutBody", share: 0.5 },
      }),
    },
  ],
  blastRadius: { services: ["region-a/edge"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { regionFailover: ["live-served"] },
});
