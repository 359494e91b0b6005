/**
 * A small real target for faults: Node web servers in two regions, links between them, and one
 * memcached. Up in a second.
 */
import { inImage } from "../../../targets/live-streaming/layout/in-image.ts";
import "../../../targets/live-streaming/tools/recipes.ts";
import { streamParts } from "../../../targets/live-streaming/pack/stream/stream-parts.ts";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heldPlan } from "../judge/held-run.ts";
import type { Step } from "../../../harness/experiment/experiment.ts";
import type { Deployment } from "../../../harness/target/deployment.ts";
import type { UndoLedger } from "../../../harness/record/undo.ts";
import type { Layout, Place, Service } from "../../../harness/target/layout.ts";
import type { Tools } from "../../../harness/target/tools.ts";
import { provision } from "../../../harness/provision/provision.ts";
import {
  httpPing,
  memcachedCache,
  memcachedPing,
} from "../../../targets/live-streaming/layout/pings.ts";
import { processSubstrate } from "../../../harness/substrates/process/deploy.ts";
import { toolsForFaults } from "../../../harness/substrates/process/support.ts";
import { realClock } from "../../../harness/system/clock.ts";
import { observer } from "../../../harness/system/observer.ts";
import { effectsOf, type Fault, kindOf, struckIn } from "../../../harness/faults/faults.ts";
import { injecting } from "../../../harness/faults/inject.ts";
import type { Injection } from "../../../harness/faults/injection.ts";

/**
 * Greets, writes a file on request, and keeps a packager's journal, with a corrupt segment every
 * 100 ms while an order is in force.
 */
const program = (listen: { host: string; port: number }): string => `
  import { createServer } from "node:http";
  import { writeFileSync } from "node:fs";
  let order = null, seq = 0, journal = [];
  setInterval(() => {
    if (order === null || order.left === 0 || order.kind === "missing") return;
    order.left -= 1;
    const defects = order.kind === "rot" ? [] : [order.kind];
    seq += 1;
    journal.push({ seq, number: seq, rendition: "v", outcome: "acked", defects, backfill: false });
  }, 100);
  createServer((request, response) => {
    const url = new URL(request.url, "http://mini");
    if (url.pathname === "/write") {
      try {
        writeFileSync("file", "x".repeat(100_000));
        return response.end("written");
      } catch (error) {
        return response.end(error.code);
      }
    }
    const query = url.searchParams;
    if (url.pathname === "/journal") {
      const after = journal.filter((one) => one.seq > Number(query.get("after")));
      return response.end(after.map((one) => JSON.stringify(one)).join("\\n"));
    }
    if (url.pathname === "/defects") {
      if (request.headers.authorization !== "Bearer token") {
        response.statusCode = 401;
        return response.end("no");
      }
      if (request.method === "POST")
        order = { kind: query.get("kind"), left: Number(query.get("segments")) };
      if (request.method === "DELETE") order = null;
      return response.end(JSON.stringify(order));
    }
    if (url.pathname === "/large") {
      response.setHeader("Content-Type", "video/mp4");
      return response.end(Buffer.alloc(Number(query.get("bytes") ?? 400_000), "large "));
    }
    response.end("hello\\n");
  }).listen(${listen.port}, ${JSON.stringify(listen.host)});
  process.on("SIGTERM", () => process.exit(0));
`;

const operations: NonNullable<Service["operations"]> = {
  clock: { kind: "http", port: "http", method: "GET", path: "/", reads: "date" },
  write: { kind: "http", port: "http", method: "GET", path: "/write" },
  defects: {
    kind: "http",
    port: "http",
    method: "POST",
    path: "/defects?kind={kind}&segments={segments}",
  },
  defectsLeft: { kind: "http", port: "http", method: "GET", path: "/defects" },
  defectsOff: { kind: "http", port: "http", method: "DELETE", path: "/defects" },
  journal: { kind: "http", port: "http", method: "GET", path: "/journal?after={after}" },
};

function memcachedService(name: string, zone: string, host: number): Service {
  return {
    name,
    kind: "cassandra",
    region: zone.slice(0, -2),
    zone,
    host,
    ports: { memcached: 18_611 },
    tools: ["memcached"],
    dependsOn: [],
    ready: { kind: "tcp", port: "memcached" },
    readyWithinMs: 10_000,
    drainMs: 1_000,
    telemetry: [],
    pings: { memcached: memcachedPing },
    operations: memcachedCache,
    launch: (place) => {
      const { host: at, port } = place.listen("memcached");
      const memcached = place.tool("memcached");
      return {
        command: memcached.executable,
        args: [...memcached.args, "-l", at, "-p", String(port), "-U", "0"],
        env: memcached.env,
        files: {},
      };
    },
  };
}

export function webService(name: string, zone: string, host: number, port: number): Service {
  return {
    name,
    kind: name.split("/")[1] ?? name,
    region: zone.slice(0, -2),
    zone,
    host,
    ports: { http: port },
    tools: ["node"],
    dependsOn: [],
    ready: { kind: "http", port: "http", path: "/" },
    readyWithinMs: 20_000,
    drainMs: 1_000,
    telemetry: [],
    operations,
    pings: { http: httpPing },
    launch: (place: Place) => ({
      command: place.tool("node").executable,
      args: ["main.mjs"],
      env: {},
      files: { "main.mjs": program(place.listen("http")) },
    }),
  };
}

export const miniLayout: Layout = {
  services: [
    webService("a/front", "region-a-1", 21, 18_600),
    webService("a/back", "region-a-1", 22, 18_600),
    webService("b/back", "region-b-1", 21, 18_600),
    webService("b/more", "region-b-1", 22, 18_600),
    memcachedService("a/store", "region-a-1", 23),
  ],
  links: [
    { from: "a/front", to: "a/back", port: "http" },
    { from: "a/front", to: "b/back", port: "http" },
    { from: "a/front", to: "a/store", port: "memcached" },
  ],
  playable: () => [],
  inImage,
  entries: [{ service: "a/front", port: "http" }],
  ...streamParts({
    event: "main",
    segmentMs: 2_000,
    availabilityStartMs: 0,
    renditions: [],
    segmentPath: "/",
    dvrSegments: 0,
  }),
};

const clock = realClock();
const undo: UndoLedger = { record: () => () => {} };

export interface Mini extends AsyncDisposable {
  readonly deployment: Deployment;
}

/** The steps among these faults for which a service or a link must be prepared at the start. */
export function stepsFor(faults: readonly Fault[]): readonly Step[] {
  return faults
    .filter((fault) => effectsOf([fault]).size > 0 || kindOf(fault).needs.includes("answers"))
    .map((fault) => ({ atMs: 0, forMs: 1, fault }));
}

export async function startMini(
  layout: Layout = miniLayout,
  faults: readonly Fault[] = [],
): Promise<Mini> {
  const steps = stepsFor(faults);
  const folder = mkdtempSync(join(tmpdir(), "seawall-faults-"));
  const tools = (await provision(
    [
      ...new Set([
        "toxiproxy" as const,
        ...toolsForFaults(faults),
        ...layout.services.flatMap((service) => service.tools),
      ]),
    ],
    { env: process.env, signal: new AbortController().signal, progress: () => {} },
  )) as Tools;
  const deployment = await processSubstrate({
    tools,
    clock,
    cacheDirectory: join(folder, "media"),
  }).deploy({
    plan: {
      ...heldPlan(),
      without: [],
      steps,
      struck: steps.map((step) => struckIn(step.fault, layout)),
    },
    runId: `mini-${process.pid}-${Date.now()}`,
    controlToken: "token",
    layout,
    logsDirectory: folder,
    undo,
    signal: new AbortController().signal,
    progress: () => {},
  });
  return {
    deployment,
    [Symbol.asyncDispose]: async () => {
      await deployment[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function injectInto(deployment: Deployment, fault: Fault): Promise<Injection> {
  return injecting(observer)(fault, struckIn(fault, deployment.layout), deployment, {
    clock,
    signal: new AbortController().signal,
  });
}
