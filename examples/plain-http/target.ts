/** An HTTP API without any stream: two servers behind a load balancer. */
import { join } from "node:path";
import { defineTarget, type Launch, type Pack, type Place } from "seawall";

/** What the API's users need: that an order is placed. Other requests matter less. */
const shopping: Pack = {
  name: "shopping",
  trafficClasses: ["order", "browse"],
  harm: {
    metric: "order_ms",
    having: { outcome: "placed" },
    classes: [{ lane: "order", title: "Orders" }],
    waitTitle: "How long customers wait for an order",
    eachTitle: "Every order, by how long it took",
  },
  metrics: {
    order_ms: {
      kind: "duration",
      unit: "ms",
      source: "generator",
      perIteration: true,
      felt: true,
      title: "order",
      tags: ["lane", "load", "outcome"],
      values: { outcome: ["placed", "late", "lost"] },
      meaning: "a customer's wait for one order; outcome is placed, late or lost",
    },
  },
};

const api = (name: string, port: number) => ({
  name,
  kind: "api",
  port,
  ready: "/health",
  tools: ["node"] as const,
  launch: (place: Place) => started(place, "api.ts"),
  metrics: {
    path: "/metrics",
    series: [{ name: "api_requests_total", labels: { outcome: ["served", "failed"] } }],
  },
});

export const shop = defineTarget({
  name: "plain-http",
  pack: shopping,
  services: [
    api("api-1", 18_410),
    api("api-2", 18_411),
    {
      name: "front",
      port: 18_412,
      ready: "/health",
      tools: ["node"],
      dependsOn: ["api-1", "api-2"],
      launch: (place) =>
        started(
          place,
          "front.ts",
          ...servers(place),
          ...(place.enabled("retries") ? ["--retries"] : []),
        ),
    },
  ],
  defences: [
    { name: "retries", title: "A request that one server does not answer goes to the other" },
  ],
  links: [
    ["users", "front"],
    ["front", "api-1"],
    ["front", "api-2"],
  ],
  entries: ["front"],
  probes: [{ service: "front", path: "/orders/1", lane: "browse" }],
});

function started(place: Place, script: string, ...more: readonly string[]): Launch {
  const { host, port } = place.listen("http");
  return {
    command: place.tool("node").executable,
    args: [join(import.meta.dirname, script), host, String(port), ...more],
    env: {},
    files: {},
  };
}

function servers(place: Place): string[] {
  return ["api-1", "api-2"]
    .map((name) => place.reach(name, "http"))
    .map(({ host, port }) => `${host}:${port}`);
}
