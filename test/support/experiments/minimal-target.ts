/**
 * A real target that is up in a second at little cost: two Node web servers and a memcached, with
 * Toxiproxy between them. Its experiment takes 15 s. It serves repeated tests of the harness on
 * real processes.
 */
import { inImage } from "../../../targets/live-streaming/layout/in-image.ts";
import { streamParts } from "../../../targets/live-streaming/pack/stream/stream-parts.ts";
import { streaming } from "../../../targets/live-streaming/pack/pack.ts";
import { defineExperiment } from "../../../harness/experiment/experiment.ts";
import type { Phase } from "../../../harness/base/phases.ts";
import type { Place, Service } from "../../../harness/target/layout.ts";
import type { Target } from "../../../harness/target/target.ts";

/** Run it with `./seawall run PATH`. */
export const minimalExperiment: string = import.meta.filename;

const program = (listen: { host: string; port: number }): string => `
  import { createServer } from "node:http";
  // A different body for each number, of no known container.
  const body = (url) => {
    const bytes = Buffer.alloc(2_000);
    bytes.writeDoubleBE(Number(/[0-9]+$/.exec(url) ?? 0), 100);
    return bytes;
  };
  createServer((request, response) => response.end(body(request.url)))
    .listen(${listen.port}, ${JSON.stringify(listen.host)});
  process.on("SIGTERM", () => process.exit(0));
`;

function web(name: string, host: number): Service {
  return {
    name,
    kind: name.split("/")[1] ?? name,
    region: "region-a",
    zone: "region-a-1",
    host,
    ports: { http: 18_700 },
    tools: ["node"],
    dependsOn: [],
    ready: { kind: "http", port: "http", path: "/" },
    readyWithinMs: 20_000,
    drainMs: 1_000,
    telemetry: [],
    pings: { http: { send: "GET / HTTP/1.1\r\nHost: ping\r\n\r\n" } },
    launch: (place: Place) => ({
      command: place.tool("node").executable,
      args: ["main.mjs"],
      env: {},
      files: { "main.mjs": program(place.listen("http")) },
    }),
  };
}

const memcached: Service = {
  name: "region-a/memcached",
  kind: "memcached",
  region: "region-a",
  zone: "region-a-1",
  host: 33,
  ports: { memcached: 18_701 },
  tools: ["memcached"],
  dependsOn: [],
  ready: { kind: "tcp", port: "memcached" },
  readyWithinMs: 10_000,
  drainMs: 500,
  telemetry: [],
  launch: (place) => {
    const { host, port } = place.listen("memcached");
    const tool = place.tool("memcached");
    return {
      command: tool.executable,
      args: [...tool.args, "-l", host, "-p", String(port), "-U", "0", "-u", "root", "-m", "16"],
      env: tool.env,
      files: {},
    };
  },
};

const target: Target = {
  name: "light",
  pack: streaming,
  defences: [],
  topologies: {
    only: {
      title: "a server, one behind it, and a memcached",
      layout: () => ({
        // The backend gets no request until a test sends one.
        services: [
          web("region-a/edge", 31),
          { ...web("region-a/back", 32), standby: true },
          memcached,
        ],
        links: [{ from: "region-a/edge", to: "region-a/back", port: "http" }],
        playable: () => [],
        inImage,
        entries: [{ service: "region-a/edge", port: "http" }],
        ...streamParts({
          event: "main",
          segmentMs: 500,
          availabilityStartMs: 0,
          renditions: [{ name: "only", kind: "video", bitsPerSecond: 1 }],
          segmentPath: "/{event}/{rendition}/{number}",
          dvrSegments: 20,
        }),
      }),
    },
  },
};

const always: readonly Phase[] = ["baseline", "fault", "recovery"];

export default defineExperiment({
  name: "light",
  title: "A light target while what nobody asks is killed",
  story: "For tests of the harness.",
  tier: "storm",
  target,
  topology: "only",
  phasesMs: { baseline: 3_000, fault: 4_000, recovery: 4_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 20, fault: 20, recovery: 20 },
      vus: 120,
    },
  ],
  hypothesis: [
    {
      title: "served",
      metric: "segment_ms",
      where: { lane: "live" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.99,
      during: always,
      samplesMin: 10,
    },
    {
      title: "quick",
      metric: "segment_ms",
      where: { lane: "live" },
      statistic: "p95",
      comparison: "<=",
      limit: 1_000,
      during: always,
      samplesMin: 10,
    },
  ],
  recovery: {
    title: "back",
    goodput: { metric: "segment_ms", where: { lane: "live" } },
    having: { outcome: "served" },
    shareMin: 0.9,
    ofBaselineMin: 0.5,
    withinMs: 1_500,
    windowMs: 1_000,
  },
  method: [{ atMs: 500, forMs: 2_500, fault: { kind: "kill", service: "region-a/back" } }],
  blastRadius: { services: ["region-a/back"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: [],
});
