/**
 * The services of `compose.yml`. By default a run brings them up as a project of its own. PROJECT
 * names one that runs already.
 */
import { join } from "node:path";
import { composeTarget } from "seawall";

const project = process.env["PROJECT"];
const origin = {
  kind: "origin",
  port: 8080,
  ready: "/health",
  metrics: { path: "/metrics", series: [{ name: "origin_requests_total", labels: {} }] },
};

export const items = composeTarget({
  name: "items",
  version: process.env["EDGE_CONF"] ?? "failover.conf",
  ...(project === undefined
    ? { outside: { composeFile: join(import.meta.dirname, "compose.yml") } }
    : { project }),
  services: [
    { name: "edge", port: 80, published: "http://127.0.0.1:18480", ready: "/items/1" },
    { name: "origin-a", ...origin },
    { name: "origin-b", ...origin },
  ],
  entries: ["edge"],
  probes: [{ service: "edge", path: "/items/1", lane: "items" }],
});
