/**
 * The origin dies. The question here is not whether readers notice, but whether its owners do. The
 * alert must fire within ten seconds, and clear when all is well.
 */
import { defineExperiment } from "seawall";
import pageStorm from "./page-storm.ts";

export default defineExperiment({
  ...pageStorm,
  name: "origin-loss",
  title: "Origin loss: the alert reaches the people on call",
  story:
    "The origin dies, and with it every page that is not in the cache. The alert fires within " +
    "ten seconds, and clears within ten seconds after the origin is back.",
  phasesMs: { baseline: 8_000, fault: 16_000, recovery: 16_000 },
  load: pageStorm.load.map((load) => ({
    ...load,
    ratePerSecond: { baseline: 20, fault: 20, recovery: 20 },
  })),
  hypothesis: [
    {
      id: "alert-fires",
      title: "The alert fires in time",
      metric: "alert_firing",
      where: { alert: "OriginDown" },
      statistic: "firesAfter",
      comparison: "<=",
      limit: 10_000,
      unit: "ms",
      during: ["fault"],
      samplesMin: 3,
    },
    {
      id: "alert-clears",
      title: "The alert clears in time",
      metric: "alert_firing",
      where: { alert: "OriginDown" },
      statistic: "clearsAfter",
      comparison: "<=",
      limit: 10_000,
      unit: "ms",
      during: ["recovery"],
      samplesMin: 3,
    },
    {
      id: "origin-back",
      title: "Prometheus sees the origin again",
      metric: "origins_up",
      statistic: "mean",
      comparison: ">=",
      limit: 0.5,
      during: ["baseline", "recovery"],
      samplesMin: 3,
    },
    {
      id: "pages-again",
      title: "Readers get their pages before and after",
      metric: "checks",
      statistic: "mean",
      comparison: ">=",
      limit: 0.9,
      during: ["baseline", "recovery"],
      samplesMin: 100,
    },
  ],
  method: [{ atMs: 2_000, forMs: 12_000, fault: { kind: "kill", service: "origin" } }],
  reliesOn: [],
});
