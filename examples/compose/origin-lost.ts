/** One of two origins dies in its container. With failover at the edge, readers notice nothing. */
import { join } from "node:path";
import { defineExperiment, type Phase } from "seawall";
import { items } from "./target.ts";

const everyPhase: readonly Phase[] = ["baseline", "fault", "recovery"];

export default defineExperiment({
  name: "origin-lost",
  title: "An origin's container dies",
  story:
    "One of two origins is killed in its container, by the name of its service. The edge sends " +
    "what it does not answer to the other one.",
  tier: "monkey",
  target: items,
  topology: "own",
  phasesMs: { baseline: 8_000, fault: 10_000, recovery: 10_000 },
  load: [
    {
      name: "readers",
      workload: join(import.meta.dirname, "load.js"),
      exec: "read",
      lane: "items",
      ratePerSecond: { baseline: 30, fault: 30, recovery: 30 },
      vus: 100,
    },
  ],
  hypothesis: [
    {
      id: "items-served",
      title: "Readers get their items",
      metric: "http_req_ms",
      where: { lane: "items" },
      statistic: "share",
      having: { status: "200" },
      comparison: ">=",
      limit: 0.99,
      during: everyPhase,
      samplesMin: 100,
    },
  ],
  recovery: {
    id: "readers-recover",
    title: "Readers get their items as before",
    goodput: { metric: "http_req_ms", where: { lane: "items" } },
    having: { status: "200" },
    shareMin: 0.99,
    ofBaselineMin: 0.8,
    withinMs: 4_000,
    windowMs: 2_000,
  },
  method: [{ atMs: 2_000, forMs: 6_000, fault: { kind: "kill", service: "origin-a" } }],
  blastRadius: { services: ["origin-a"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: {},
});
