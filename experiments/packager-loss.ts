/** One pipeline dies and stays away for a while. The other makes the same segments. */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveRecovers } from "./claims/live-recovers.ts";
import { everyPhase, liveServed } from "./claims/live-served.ts";
import { publications } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

export default defineExperiment({
  name: "packager-loss",
  title: "Packager loss: one of two pipelines dies, without any effect on viewers",
  story:
    "An encoder or packager fails in the middle of an event, as happens at any large one. " +
    "The second pipeline, in the other region, cuts the same frames into the same segments " +
    "without coordination. " +
    "The origins continue with its segments where the first one's end: no gap, no overlap, " +
    "no time jump at any edge. " +
    "When the first pipeline is back, it continues at the same number as the second.",
  tier: "monkey",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 12_000, fault: 20_000, recovery: 16_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "liveInspecting",
      lane: "live",
      ratePerSecond: { baseline: 40, fault: 40, recovery: 40 },
      vus: 300,
    },
    {
      name: "dvr",
      workload: "viewers",
      exec: "dvrRoaming",
      lane: "dvr",
      ratePerSecond: { baseline: 10, fault: 10, recovery: 10 },
      vus: 80,
    },
  ],
  hypothesis: [
    ...liveServed(300),
    {
      id: "nobody-switches-edge",
      title: "No viewer has to leave an edge because of a missing segment",
      metric: "segment_ms",
      where: { lane: "live", home: "region-a/edge" },
      statistic: "share",
      having: { entry: "region-a/edge" },
      comparison: ">=",
      limit: 0.999,
      during: everyPhase,
      samplesMin: 200,
    },
    // Region A's packager is absent for 14 s of the fault, so three segments of ten are left.
    ...publications({ "region-a": { samplesMin: 3 }, "region-b": { samplesMin: 15 } }),
    ...shedOrder(),
    durable(20),
  ],
  recovery: liveRecovers(4_000),
  method: [{ atMs: 2_000, forMs: 14_000, fault: { kind: "kill", service: "region-a/packager" } }],
  blastRadius: { services: ["region-a/packager"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { epochLocking: ["live-served"] },
});
