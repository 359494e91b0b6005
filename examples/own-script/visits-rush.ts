/**
 * The rush of `plain-http/`, with a k6 script that was there before: its scenarios are the load,
 * and its thresholds are claims. `--without retries` is refuted.
 */
import { defineExperiment } from "seawall";
import { shop } from "../plain-http/target.ts";

export default defineExperiment({
  name: "visits-rush",
  title: "A rush of visits: one of two servers dies as the customers come",
  story:
    "Four times as many customers come at once, and one of the two servers is killed. What it " +
    "does not answer goes to the other one, so all customers are served.",
  tier: "storm",
  target: shop,
  topology: "own",
  phasesMs: { baseline: 8_000, fault: 12_000, recovery: 12_000 },
  load: [
    {
      workload: "./visits.ts",
      scenarios: true,
      env: { BASE_URL: "{url}" },
      // If a shop wants one: its value stays in the environment, and no record contains it.
      ...(process.env["SHOP_TOKEN"] === undefined ? {} : { secrets: ["SHOP_TOKEN"] }),
    },
  ],
  hypothesis: [
    {
      id: "orders-quick",
      title: "Half of all orders are placed within a quarter of a second",
      metric: "order_wait",
      statistic: "p50",
      comparison: "<=",
      limit: 250,
      unit: "ms",
      during: ["baseline", "fault", "recovery"],
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
  ],
  recovery: {
    id: "visits-recover",
    title: "Pages are shown as before",
    goodput: { metric: "http_req_ms", where: { lane: "browse" } },
    having: { status: "200" },
    shareMin: 0.99,
    ofBaselineMin: 0.8,
    withinMs: 4_000,
    windowMs: 2_000,
  },
  method: [{ atMs: 2_000, forMs: 8_000, fault: { kind: "kill", service: "api-1" } }],
  blastRadius: { services: ["api-1"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: { retries: ["threshold-orders-placed-rate-above-0-99"] },
});
