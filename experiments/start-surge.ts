/**
 * Twelve times the usual prefetching, far more than the gateways can serve, while viewers press
 * play.
 */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";
import { playServed } from "./claims/play-served.ts";

/*
 * A start takes at least 10 ms, so both gateways together are full at 200 starts a second, on any
 * processor. They shed non-critical requests before they are 80 % busy. Of the prefetching, at most
 * (0.8 × 200 − 30) ÷ 240 = 54 % is served. On two cores that also ran the generator it was 47 to 49
 * %, and all plays were served. Without admission, a full gateway keeps each request as long as a
 * prefetch waits, 3 s. A play retries after 2 s instead, because with equal waits chance would
 * decide who is served.
 */

export default defineExperiment({
  name: "start-surge",
  title: "Start surge: devices prefetch twelve times as much while viewers press play",
  story:
    "A popular title is about to start, and every device prefetches it: session starts far " +
    "exceed the gateways' capacity. " +
    "Requests state their purpose, so the gateways shed prefetching, and pressing play " +
    "works as before. " +
    "It replays the day in 2020 on which prefetching rose twelvefold, and the tests that " +
    "Netflix has made of it since.",
  tier: "storm",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 14_000, fault: 36_000, recovery: 12_000 },
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
      ratePerSecond: { baseline: 30, fault: 30, recovery: 30 },
      vus: 500,
    },
    {
      name: "prefetch",
      workload: "starts",
      exec: "prefetch",
      lane: "start",
      ratePerSecond: { baseline: 20, fault: 240, recovery: 20 },
      vus: 800,
    },
  ],
  hypothesis: [
    ...liveServed(250),
    // 800 starts distinguish 99.4 % from less.
    ...playServed({ fault: 800, otherwise: 300 }),
    {
      id: "prefetch-shed",
      title: "Prefetching is shed",
      metric: "start_ms",
      where: { lane: "start", kind: "prefetch" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: "<=",
      limit: 0.6,
      during: ["fault"],
      samplesMin: 5_000,
    },
    {
      id: "as-many-sessions",
      title: "As many sessions are started as before the surge, or more",
      metric: "gateway_assignments_total",
      statistic: "rate",
      comparison: ">=",
      limit: { of: "baseline", times: 1 },
      during: ["fault"],
      samplesMin: 8,
      unit: "/s",
    },
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(30),
  ],
  recovery: null,
  method: [],
  blastRadius: { services: [], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { admission: ["play-served"] },
});
