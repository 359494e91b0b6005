/** No session can start for 30 s. Then all devices retry at once. */
import { defineExperiment, type Step } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

/*
 * Limits are from two cores that also ran the generator and were otherwise nearly idle. With
 * guidance, at least 99 % are served, and goodput is back at once or after 4 s. Without it, 80 a
 * second who wait for up to 16 s are 1,280 devices, which would make 2,500 requests a second. Two
 * gateways read 1,333, including refused ones, so refusals keep them busy while devices arrive.
 * Then 3 to 52 % of the plays are served in time, and goodput is not back at the end of the run.
 */

const gone = (service: string): Step => ({
  atMs: 1_000,
  forMs: 30_000,
  fault: { kind: "kill", service },
});
const gateways = ["region-a/gateway", "region-b/gateway"];

export default defineExperiment({
  name: "retry-storm",
  title: "Retry storm: all gateways are down for 30 s, then everyone retries",
  story:
    "For half a minute no session can start. Viewers wait, and their devices keep retrying. " +
    "When the gateways are back, all devices come at once, many times the usual load. " +
    "Devices that follow the retry guidance spread out, and within seconds pressing play " +
    "works as before. " +
    "Without guidance, devices keep the gateways so busy with refusals that hardly anyone " +
    "gets through: the storm feeds itself.",
  tier: "storm",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 16_000, fault: 33_000, recovery: 20_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 25, fault: 25, recovery: 25 },
      vus: 160,
    },
    {
      name: "play",
      workload: "starts",
      exec: "play",
      lane: "start",
      ratePerSecond: { baseline: 80, fault: 80, recovery: 80 },
      vus: 1_400,
    },
  ],
  hypothesis: [
    ...liveServed(300),
    {
      id: "play-served-before",
      title: "Play works before the interruption",
      metric: "start_ms",
      where: { lane: "start", kind: "play" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.95,
      during: ["baseline"],
      samplesMin: 500,
    },
    {
      id: "play-served",
      title: "Pressing play afterwards starts a session in time",
      metric: "start_ms",
      where: { lane: "start", kind: "play" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.8,
      during: ["recovery"],
      samplesMin: 700,
    },
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(30),
  ],
  recovery: {
    id: "play-recovers",
    title: "Pressing play works again as before the interruption, and keeps working",
    goodput: { metric: "start_ms", where: { lane: "start", kind: "play" } },
    having: { outcome: "served" },
    shareMin: 0.95,
    ofBaselineMin: 0.8,
    withinMs: 12_000,
    windowMs: 4_000,
  },
  method: gateways.map(gone),
  blastRadius: { services: gateways, faultsAtOnceMax: 2 },
  abortWhen: [],
  reliesOn: { backoffGuidance: ["play-recovers"] },
});
