/** One pipeline corrupts segments, one defect after another; then both do. */
import { faults } from "../targets/live-streaming/pack/faults.ts";
import { defineExperiment } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveRecovers } from "./claims/live-recovers.ts";
import { liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

const packagers = ["region-a/packager", "region-b/packager"] as const;
/**
 * Two or three segments, depending on when the fault begins. Then one or two, for a shorter time.
 */
const spoilMs = 4_600,
  bothSpoilMs = 2_600,
  everyMs = 6_000;
const ways = ["short", "missing", "timing", "truncated"] as const;
const bothAtMs = 500 + ways.length * everyMs;

export default defineExperiment({
  name: "bad-segments",
  title: "Bad segments: hide one pipeline's, flag those of both",
  story:
    "Encoders corrupt segments more often than they die: too short, with holes, mistimed or " +
    "cut off. " +
    "A light inspection at the packager finds these, and each origin serves the other " +
    "pipeline's segment instead. " +
    "When both pipelines are bad, the least bad segment is served with a header that says so. " +
    "Bit rot within the media is out of scope: no box reports it, and two pipelines cannot " +
    "outvote each other.",
  tier: "monkey",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 12_000, fault: 29_000, recovery: 16_000 },
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
      ratePerSecond: { baseline: 5, fault: 5, recovery: 5 },
      vus: 40,
    },
  ],
  hypothesis: [
    ...liveServed(300),
    {
      // In the 2.6 s in which both corrupt, one or two of fourteen segments are affected (14 %).
      // Segments that region A alone corrupts, at least eight, would reach half of the viewers (28
      // %).
      id: "one-bad-pipeline-hidden",
      title: "No viewer sees what one pipeline corrupts",
      metric: "segment_ms",
      where: { lane: "live" },
      statistic: "share",
      having: { flagged: "yes" },
      comparison: "<=",
      limit: 0.22,
      during: ["fault"],
      samplesMin: 300,
    },
    {
      id: "two-bad-pipelines-flagged",
      title: "What both pipelines corrupt is served and flagged",
      metric: "segment_ms",
      where: { lane: "live", outcome: "served" },
      statistic: "share",
      having: { flagged: "yes" },
      comparison: ">=",
      limit: 0.05,
      during: ["fault"],
      samplesMin: 300,
    },
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(20),
  ],
  recovery: liveRecovers(4_000),
  method: [
    ...ways.map(
      (defect, index) =>
        ({
          atMs: 500 + index * everyMs,
          forMs: spoilMs,
          fault: faults.badSegments({ service: packagers[0], defect, segments: 10 }),
        }) as const,
    ),
    ...packagers.map(
      (service) =>
        ({
          atMs: bothAtMs,
          forMs: bothSpoilMs,
          fault: faults.badSegments({ service, defect: "short", segments: 10 }),
        }) as const,
    ),
  ],
  blastRadius: { services: packagers, faultsAtOnceMax: 2 },
  abortWhen: [],
  reliesOn: { candidateSelection: ["one-bad-pipeline-hidden"] },
});
