/** The experiment on the reference backend: a crowd comes, and an origin dies. */
import type { Answers, Files } from "../kind.ts";

export function referenceFiles(_answers: Answers, ending: string): Files {
  return {
    [`storms/target.${ending}`]: target,
    [`storms/first-storm.${ending}`]: experiment(ending),
  };
}

const target = `/** What is tested: the reference backend that comes with Seawall. */
export { liveStreaming as target } from "seawall/streaming";
`;

const experiment = (ending: string): string => `/**
 * Ten times as many viewers come, and in the middle of it one origin dies. Whoever watches live
 * must notice neither.
 */
import { defineExperiment, type Phase } from "seawall";
import { target } from "./target.${ending}";

const everyPhase: readonly Phase[] = ["baseline", "fault", "recovery"];

export default defineExperiment({
  name: "first-storm",
  title: "First storm: a crowd at the live edge while an origin dies",
  story:
    "Ten times as many viewers ask for the same new segments, and one origin is killed. The " +
    "edges fill from the other region, so live viewers get every segment in time.",
  tier: "storm",
  target,
  topology: "quick",
  phasesMs: { baseline: 16_000, fault: 24_000, recovery: 20_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 10, fault: 100, recovery: 10 },
      vus: 500,
    },
  ],
  hypothesis: [
    {
      id: "live-served",
      title: "Live segments reach their viewers in time",
      metric: "segment_ms",
      where: { lane: "live" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.999,
      during: everyPhase,
      samplesMin: 100,
    },
  ],
  recovery: {
    id: "live-recovers",
    title: "Live viewers get their segments again as before the storm",
    goodput: { metric: "segment_ms", where: { lane: "live" } },
    having: { outcome: "served" },
    shareMin: 0.999,
    ofBaselineMin: 0.8,
    withinMs: 8_000,
    windowMs: 4_000,
  },
  method: [
    { atMs: 6_000, forMs: 10_000, fault: { kind: "kill", service: "region-a/origin-read" } },
  ],
  blastRadius: { services: ["region-a/origin-read"], faultsAtOnceMax: 1 },
  abortWhen: [],
  // Without this defence the experiment must fail: \`npx seawall ablate first-storm\` shows it.
  reliesOn: { regionFailover: ["live-served"] },
});
`;
