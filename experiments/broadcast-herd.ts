/** Every device is notified at once, and every device acts on it. */
import { defineExperiment, type Step } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveServed } from "./claims/live-served.ts";
import { playServed } from "./claims/play-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

/*
 * Limits: devices poll every 10 to 30 s, and one without an answer retries after 5 s, so 35 s is
 * the latest. Of 128 that act at the same moment, 26 % succeed at the first request. Spread over 10
 * s they are 13 starts a second, and two gateways can serve nearly 200. With 320 at once, k6 itself
 * is late for 0.6 s.
 */

/** Gateways do not communicate with one another, so each receives the broadcast. */
const tell = (service: string): Step => ({
  atMs: 1_000,
  forMs: 41_000,
  fault: {
    // Devices poll every 10 to 30 s, so after 31 s each is notified.
    kind: "operate",
    service,
    operation: "broadcast",
    parameters: {
      key: "next-title",
      timestampMs: "{nowMs}",
      actAtMs: "{nowMs+31000}",
      spreadMs: "10000",
    },
    look: { operation: "board", shows: '"timestampMs":{nowMs}' },
  },
});

export default defineExperiment({
  name: "broadcast-herd",
  title: "Broadcast herd: every device learns of the next title and prefetches it",
  story:
    "As the match ends, every connected device is notified of the next title and prefetches it. " +
    "All must be notified within a minute, but not as a herd: each polls and acts after a " +
    "random delay. " +
    "It replays what Netflix reports about broadcasting to 100 million devices.",
  tier: "storm",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 12_000, fault: 44_000, recovery: 12_000 },
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
      ratePerSecond: { baseline: 25, fault: 25, recovery: 25 },
      vus: 300,
    },
    // They arrive before the fault, and stay.
    {
      name: "devices",
      workload: "devices",
      exec: "device",
      lane: "broadcast",
      ratePerSecond: { baseline: 8, fault: 0, recovery: 0 },
      vus: 140,
    },
  ],
  hypothesis: [
    ...liveServed(250),
    ...playServed({ fault: 1_000, otherwise: 250 }),
    {
      id: "every-device-notified",
      title: "Every device is notified",
      metric: "broadcast_ms",
      statistic: "share",
      having: { outcome: "heard" },
      comparison: "==",
      limit: 1,
      during: ["fault"],
      samplesMin: 120,
    },
    {
      id: "notified-within-35-s",
      title: "Every device is notified within 35 s",
      metric: "broadcast_ms",
      statistic: "max",
      comparison: "<=",
      limit: 35_000,
      during: ["fault"],
      samplesMin: 120,
      unit: "ms",
    },
    {
      id: "prefetch-ready",
      title: "What devices prefetch is there at the first request",
      metric: "start_ms",
      where: { lane: "start", kind: "prefetch" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.9,
      during: ["fault"],
      samplesMin: 120,
    },
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(30),
  ],
  recovery: {
    id: "play-recovers",
    title: "Play works as before the broadcast",
    goodput: { metric: "start_ms", where: { lane: "start", kind: "play" } },
    having: { outcome: "served" },
    shareMin: 0.99,
    ofBaselineMin: 0.7,
    withinMs: 4_000,
    windowMs: 4_000,
  },
  method: [tell("region-a/gateway"), tell("region-b/gateway")],
  blastRadius: { services: ["region-a/gateway", "region-b/gateway"], faultsAtOnceMax: 2 },
  abortWhen: [],
  reliesOn: { jitter: ["prefetch-ready"] },
});
