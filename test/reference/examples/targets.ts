/** One example for each part of a target, as the reference shows it. */
import type {
  Operation,
  OwnProbe,
  OwnSeries,
  OwnTarget,
  Pack,
  Running,
  SessionStep,
  Started,
  Tls,
} from "../../../harness/target.ts";
import type { StreamTarget } from "../../../targets/live-streaming/index.ts";

export const running: Running = {
  name: "edge",
  url: "https://shop.example:8443/api",
  ready: "/health",
  headers: { "X-Environment": "staging" },
  secretHeaders: { Authorization: "SHOP_TOKEN" },
  metrics: { path: "/metrics", series: ["edge_requests_total"] },
};

export const started: Started = {
  name: "origin-a",
  kind: "origin",
  zone: "zone-a",
  port: 18_101,
  ready: "/health",
  dependsOn: ["store"],
  launch: (place) => {
    const own = place.listen("http");
    const store = place.reach("store", "http");
    return {
      command: "python3",
      args: ["/srv/origin/server.py", own.host, String(own.port)],
      env: {
        STORE: `http://${store.host}:${store.port}`,
        CACHE_LOCK: place.enabled("cacheLock") ? "on" : "off",
      },
      files: {},
    };
  },
};

export const series: OwnSeries = {
  name: "origin_packaged_total",
  labels: { outcome: ["done", "failed"], rendition: null },
};

export const operations: Readonly<Record<string, Operation>> = {
  flush: { kind: "http", port: "http", method: "POST", path: "/cache/flush" },
  entries: { kind: "http", port: "http", method: "GET", path: "/cache/entries" },
  restart: {
    kind: "command",
    command: () => ({ command: "systemctl", args: ["--user", "restart", "origin"], env: {} }),
    withinMs: 30_000,
  },
};

export const probe: OwnProbe = { service: "edge", path: "/items/1", lane: "browse" };

export const session: SessionStep = {
  path: "/session",
  body: '{"device":"probe"}',
  token: "data.token",
  header: "Authorization",
  as: "Bearer {token}",
};

export const tls: Tls = {
  ca: "/etc/shop/ca.pem",
  cert: "/etc/shop/client.pem",
  key: "/etc/shop/client-key.pem",
};

export const stream: StreamTarget["stream"] = {
  event: "match",
  segmentMs: 2_000,
  availabilityStartMs: Date.UTC(2026, 0, 1),
  renditions: [
    { name: "hd", kind: "video", bitsPerSecond: 3_000_000 },
    { name: "audio", kind: "audio", bitsPerSecond: 96_000 },
  ],
  segmentPath: "/live/{event}/{rendition}/{number}.m4s",
  dvrSegments: 30,
};

export const links: NonNullable<OwnTarget["links"]> = [
  ["users", "edge"],
  ["edge", "origin-a"],
  ["api", "broker:amqp"],
  ["db-1", "db-2", "own work"],
];

export const pack: Pack = {
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
      tags: ["lane", "load", "outcome"],
      values: { outcome: ["placed", "late", "lost"] },
      meaning: "a customer's wait for one order",
    },
  },
};
