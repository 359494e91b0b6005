/**
 * The backend as Seawall needs to know it: an nginx edge before two origins, which keep sessions in
 * memcached. Nothing in `backend/` knows Seawall.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineTarget, type Launch, type Operation, type Place } from "seawall";
import release from "../backend/release.json" with { type: "json" };

const backend = resolve(import.meta.dirname, "../backend");
const origins = ["origin-a", "origin-b"];
export const nextVersion = "1.5.0";

export const mylive = defineTarget({
  name: "mylive",
  version: release.version,
  services: [
    { name: "sessions", port: 18_500, tools: ["memcached"], launch: sessions },
    ...origins.map((name, index) => ({
      name,
      kind: "origin",
      port: 18_501 + index,
      tools: ["node"],
      ready: "/healthz",
      dependsOn: ["sessions"],
      metrics: {
        path: "/metrics",
        series: [{ name: "segments_packaged_total", labels: { protocol: ["hls", "dash"] } }],
      },
      operations: {
        deploy: deployed(name, nextVersion),
        rollback: deployed(name, release.version),
        version: { kind: "http", port: "http", method: "GET", path: "/version" } as const,
      },
      launch: origin,
    })),
    {
      name: "edge",
      port: 18_503,
      tools: ["nginx"],
      ready: "/healthz",
      dependsOn: origins,
      launch: edge,
    },
  ],
  links: [
    ["users", "edge"],
    ...origins.map((name) => ["edge", name] as const),
    ...origins.map((name) => [name, "sessions"] as const),
  ],
  entries: ["edge"],
  probes: [
    { path: "/hls/hd.m3u8", lane: "hls" },
    { path: "/dash/manifest.mpd", lane: "dash" },
  ].map((probe) => ({
    ...probe,
    service: "edge",
    session: { path: "/session", token: "token", query: "token" },
  })),
  defences: [
    { name: "failover", title: "The edge asks the other origin where one does not answer" },
    { name: "cacheLock", title: "One request fetches a new segment, however many want it" },
  ],
});

const at = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `${host}:${port}`;

function sessions(place: Place): Launch {
  const { executable, args, env } = place.tool("memcached");
  const { host, port } = place.listen("http");
  return {
    command: executable,
    args: [...args, "-l", host, "-p", String(port), "-U", "0", "-m", "16"],
    env,
    files: {},
  };
}

function origin(place: Place): Launch {
  const listen = at(place.listen("http"));
  const store = at(place.reach("sessions", "http"));
  return {
    command: place.tool("node").executable,
    args: [join(backend, "origin.ts"), listen, store],
    env: { STREAM_KEY: "only-for-load-tests" },
    files: {},
  };
}

function edge(place: Place): Launch {
  const { executable, args, env } = place.tool("nginx");
  const used = place.enabled("failover") ? origins : origins.slice(0, 1);
  const filled: Readonly<Record<string, string>> = {
    LISTEN: at(place.listen("http")),
    ORIGINS: used.map((name) => `server ${at(place.reach(name, "http"))};`).join(" "),
    CACHE_LOCK: place.enabled("cacheLock") ? "on" : "off",
  };
  const template = readFileSync(join(backend, "nginx.conf"), "utf8");
  return {
    command: executable,
    args: [...args, "-c", "nginx.conf", "-p", place.directory, "-e", "stderr"],
    env,
    files: {
      "nginx.conf": template.replaceAll(/\$\{([A-Z_]+)\}/g, (_, name) => filled[name] ?? ""),
    },
  };
}

/** The owner's own command. */
function deployed(name: string, version: string): Operation {
  return {
    kind: "command",
    withinMs: 20_000,
    command: (place) => ({
      command: place.tool("node").executable,
      args: [join(backend, "deploy.ts"), at(place.direct(name, "http")), version],
      env: {},
    }),
  };
}
