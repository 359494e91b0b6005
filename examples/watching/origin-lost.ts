/**
 * An audience that watches, while the origin of a region dies: what viewers feel of it is claimed,
 * not what single requests got.
 */
import { defineExperiment } from "seawall";
import { liveStreaming, viewersWatch, watching } from "seawall/streaming";

export default defineExperiment({
  name: "watching-origin-lost",
  title: "An origin is lost while an audience watches",
  story:
    "Viewers come and go, and each is a player with a buffer. The origin of region A dies for " +
    "twelve seconds. Players 6 s behind live have less than that in their buffers. The edge of " +
    "region A fills from the other region, so that no viewer waits.",
  tier: "storm",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 16_000, fault: 24_000, recovery: 20_000 },
  load: [
    {
      name: "viewers",
      workload: "watch",
      exec: "watch",
      lane: "live",
      ratePerSecond: { baseline: 4, fault: 8, recovery: 4 },
      vus: 340,
      env: watching({ stayMs: 40_000, rewindShare: 0.02, rewindMs: 20_000, checkShare: 0.1 }),
    },
  ],
  hypothesis: [...viewersWatch({ viewersMin: 50 })],
  recovery: {
    id: "viewers-start-again",
    title: "Viewers who press play get a picture as before",
    goodput: { metric: "viewer_startup_ms" },
    having: { outcome: "started" },
    shareMin: 0.95,
    ofBaselineMin: 0.7,
    withinMs: 8_000,
    windowMs: 4_000,
  },
  method: [
    { atMs: 6_000, forMs: 12_000, fault: { kind: "kill", service: "region-a/origin-read" } },
  ],
  blastRadius: { services: ["region-a/origin-read"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { regionFailover: ["viewers-hardly-wait"] },
});
