/**
 * An API that runs already, behind https with a private authority, below a path, for clients with a
 * certificate and a token. Nothing of it is started or changed: a proxy makes the way in slow.
 *
 *   SHOP_URL=https://shop.example:8443/api/v2 SHOP_PEM=/etc/shop SHOP_TOKEN="Bearer …" \
 *     ./seawall run ./examples/https-running/slow-orders.ts
 *
 * SHOP_PEM is a folder with ca.pem, client.pem and client-key.pem.
 */
import { join } from "node:path";
import { defineExperiment, defineTarget } from "seawall";

const pem = process.env["SHOP_PEM"] ?? "/etc/shop";

const shop = defineTarget({
  name: "https-shop",
  services: [
    {
      name: "shop",
      url: process.env["SHOP_URL"] ?? "https://127.0.0.1:8443/api/v2",
      ready: "/health",
      headers: { "X-Environment": "staging" },
      // Its value is in the environment: no plan, record, log or message holds it.
      secretHeaders: { Authorization: "SHOP_TOKEN" },
      tls: {
        ca: join(pem, "ca.pem"),
        cert: join(pem, "client.pem"),
        key: join(pem, "client-key.pem"),
      },
      // k6 and the prober speak HTTP/2 where a server offers it, unless this says 1.1.
      ...(process.env["SHOP_HTTP"] === "1.1" ? { http: 1.1 as const } : {}),
      // Each customer opens a session of its own, and so does the prober.
      session: { path: "/session", token: "token", header: "X-Session" },
      metrics: { path: "/metrics", series: ["shop_orders_total"] },
    },
  ],
  links: [["users", "shop"]],
  entries: ["shop"],
  probes: [{ service: "shop", path: "/orders/1", lane: "order" }],
});

export default defineExperiment({
  name: "slow-orders",
  title: "The way to the shop gets slow",
  story:
    "For some seconds everything between customers and the shop takes 150 ms longer. Customers " +
    "wait a little, and every order is shown.",
  tier: "storm",
  target: shop,
  topology: "own",
  phasesMs: { baseline: 8_000, fault: 8_000, recovery: 10_000 },
  load: [
    {
      name: "orders",
      workload: "./orders.js",
      exec: "default",
      lane: "order",
      ratePerSecond: { baseline: 10, fault: 10, recovery: 10 },
      vus: 50,
    },
  ],
  hypothesis: [
    {
      id: "orders-shown",
      title: "Orders are shown",
      metric: "checks",
      statistic: "mean",
      comparison: ">=",
      limit: 0.99,
      during: ["baseline", "fault", "recovery"],
      samplesMin: 50,
    },
    {
      id: "orders-counted",
      title: "The shop itself counts what is asked",
      metric: "shop_orders_total",
      statistic: "rate",
      comparison: ">=",
      limit: 5,
      unit: "/s",
      during: ["baseline", "fault", "recovery"],
      samplesMin: 2,
    },
  ],
  recovery: {
    id: "orders-recover",
    title: "Orders are shown as before",
    goodput: { metric: "http_req_ms", where: { lane: "order" } },
    having: { status: "200" },
    shareMin: 0.9,
    ofBaselineMin: 0.8,
    withinMs: 4_000,
    windowMs: 2_000,
  },
  method: [
    {
      atMs: 1_000,
      forMs: 5_000,
      fault: {
        kind: "latency",
        links: { from: { service: "users" }, to: { service: "shop" } },
        delayMs: 150,
        jitterMs: 0,
      },
    },
  ],
  blastRadius: { services: ["shop"], faultsAtOnceMax: 1 },
  // On a shared target, a run ends when customers are harmed.
  abortWhen: [
    {
      unless: {
        title: "Nearly all orders are shown",
        metric: "checks",
        statistic: "mean",
        comparison: ">=",
        limit: 0.5,
        during: ["baseline", "fault", "recovery"],
        samplesMin: 20,
      },
      windowMs: 4_000,
    },
  ],
  requestsPerSecondMax: 100,
  reliesOn: [],
});
