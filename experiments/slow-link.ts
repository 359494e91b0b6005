/** Links become slow: first from a packager to its origin, then from an edge to its origin. */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveRecovers } from "./claims/live-recovers.ts";
import { liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

export default defineExperiment({
  name: "slow-link",
  title: "Slow links: a packager's, then an edge's",
  story:
    "A congested or rerouted path delays everything that crosses it, and a slow answer does " +
    "more harm than none. " +
    "First the packager of region A needs a third of a second per exchange with its origin; " +
    "segments are still acknowledged within 2 s. " +
    "Then the edge of region A waits 6 s for each answer of its own origin. " +
    "Probes find out in two seconds; from then on the edge fills from the other region. " +
    "Requests before that get the other region's segment while there is still time.",
  tier: "latency",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 12_000, fault: 26_000, recovery: 16_000 },
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
    // A PUT over the slow link takes more than 0.4 s of the 2 s.
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(20),
  ],
  recovery: liveRecovers(4_000),
  method: [
    {
      atMs: 1_000,
      forMs: 9_000,
      fault: {
        kind: "latency",
        links: { from: { service: "region-a/packager" } },
        delayMs: 350,
        jitterMs: 50,
      },
    },
    {
      atMs: 13_000,
      forMs: 10_000,
      fault: {
        kind: "latency",
        links: { from: { service: "region-a/edge" }, to: { service: "region-a/origin-read" } },
        delayMs: 6_000,
        jitterMs: 200,
      },
    },
  ],
  blastRadius: { services: ["region-a/packager", "region-a/edge"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { regionFailover: ["live-served"] },
});
