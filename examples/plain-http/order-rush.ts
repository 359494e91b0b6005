/** A rush of orders, during which one of the two servers dies: an HTTP API without any stream. */
import { join } from "node:path";
import { defineExperiment, type Phase } from "seawall";
import { shop } from "./target.ts";

const everyPhase: readonly Phase[] = ["baseline", "fault", "recovery"];
const workload = join(import.meta.dirname, "load.js");

export default defineExperiment({
  name: "order-rush",
  title: "Order rush: one of two servers dies as the customers come",
  story:
    "Four times as many customers come at once, and one of the two servers is killed. What " +
    "it does not answer goes to the other one, so every order is placed.",
  tier: "storm",
  target: shop,
  topology: "own",
  phasesMs: { baseline: 8_000, fault: 12_000, recovery: 12_000 },
  load: [
    {
      name: "orders",
      workload,
      exec: "order",
      lane: "order",
      ratePerSecond: { baseline: 10, fault: 40, recovery: 10 },
      vus: 200,
    },
    {
      name: "visits",
      workload,
      exec: "browse",
      lane: "browse",
      ratePerSecond: { baseline: 10, fault: 40, recovery: 10 },
      vus: 200,
    },
  ],
  hypothesis: [
    {
      id: "orders-placed",
      title: "Orders are placed in time",
      metric: "order_ms",
      statistic: "share",
      having: { outcome: "placed" },
      comparison: ">=",
      limit: 0.99,
      during: everyPhase,
      samplesMin: 50,
    },
    {
      id: "visitors-served",
      title: "Visitors see what they ask for",
      metric: "http_req_ms",
      where: { lane: "browse" },
      statistic: "share",
      having: { status: "200" },
      comparison: ">=",
      limit: 0.98,
      during: everyPhase,
      samplesMin: 50,
    },
    {
      id: "money-spent",
      title: "Money is spent",
      metric: "money_spent",
      statistic: "rate",
      comparison: ">=",
      limit: 80,
      unit: "/s",
      during: ["fault"],
      samplesMin: 50,
    },
    {
      id: "servers-fail-nothing",
      title: "The servers themselves fail nothing",
      metric: "api_requests_total",
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.99,
      during: everyPhase,
      samplesMin: 1,
    },
  ],
  recovery: {
    id: "orders-recover",
    title: "Orders are placed as before",
    goodput: { metric: "order_ms" },
    having: { outcome: "placed" },
    shareMin: 0.99,
    ofBaselineMin: 0.8,
    withinMs: 4_000,
    windowMs: 2_000,
  },
  method: [{ atMs: 2_000, forMs: 8_000, fault: { kind: "kill", service: "api-1" } }],
  blastRadius: { services: ["api-1"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { retries: ["orders-placed"] },
});
