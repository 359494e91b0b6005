/**
 * A storm of readers on six pages that are new each second, while the way to the origin is slow.
 * Each page is made once, as the origin itself counts. `--without cacheLock` is refuted.
 */
import { defineExperiment, type Phase } from "seawall";
import { pages } from "./target.ts";

const everyPhase: readonly Phase[] = ["baseline", "fault", "recovery"];

export default defineExperiment({
  name: "page-storm",
  title: "Page storm: all readers want the pages of this second",
  story:
    "Six times as many readers ask for each new page, while the way from the cache to its origin " +
    "takes a quarter of a second longer. The cache asks for each page once.",
  tier: "storm",
  target: pages,
  topology: "own",
  phasesMs: { baseline: 8_000, fault: 12_000, recovery: 12_000 },
  load: [
    {
      name: "readers",
      workload: "./readers.js",
      exec: "default",
      lane: "read",
      ratePerSecond: { baseline: 20, fault: 120, recovery: 20 },
      vus: 200,
      env: { BASE_URL: "{url}" },
    },
  ],
  hypothesis: [
    {
      id: "pages-read",
      title: "Readers get their pages",
      metric: "checks",
      statistic: "mean",
      comparison: ">=",
      limit: 0.99,
      during: everyPhase,
      samplesMin: 100,
    },
    {
      id: "made-once",
      title: "Each page is made once",
      metric: "pages_made_total",
      statistic: "rate",
      comparison: "<=",
      // Six new ones a second, and some room for the seconds at both ends of a phase.
      limit: 7,
      unit: "/s",
      during: everyPhase,
      samplesMin: 2,
    },
    {
      id: "made-quickly",
      title: "Nearly every page is made within a quarter of a second",
      metric: "page_seconds_bucket",
      statistic: "within",
      le: "0.25",
      comparison: ">=",
      limit: 0.9,
      during: everyPhase,
      samplesMin: 3,
    },
    {
      id: "made-as-prometheus-sees-it",
      title: "Prometheus sees no more than six pages made a second",
      metric: "made_per_second",
      statistic: "max",
      comparison: "<=",
      limit: 8,
      unit: "/s",
      during: ["fault"],
      samplesMin: 2,
    },
  ],
  recovery: {
    id: "readers-recover",
    title: "Readers get their pages as before",
    goodput: { metric: "http_req_ms", where: { lane: "read" } },
    having: { status: "200" },
    shareMin: 0.99,
    ofBaselineMin: 0.8,
    withinMs: 4_000,
    windowMs: 2_000,
  },
  method: [
    {
      atMs: 2_000,
      forMs: 8_000,
      fault: {
        kind: "latency",
        links: { from: { service: "edge" }, to: { service: "origin" } },
        delayMs: 250,
        jitterMs: 0,
      },
    },
  ],
  blastRadius: { services: ["edge", "origin"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { cacheLock: ["made-once"] },
});
