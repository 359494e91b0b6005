/** A small real target for faults: web servers in Node in two regions, links between them, and one memcached. Up in a second. */
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heldPlan } from "../core/judge/fixture.ts";
import type { Fault } from "../core/faults.ts";
import type { Deployment, Injection, Injector, UndoLedger } from "../core/ports.ts";
import type { Layout, Place, Service } from "../core/target.ts";
import type { Tools } from "../core/tools.ts";
import { provision } from "../provision/provision.ts";
import { processSubstrate } from "../substrates/process/deploy.ts";
import { realClock } from "../system/clock.ts";
import { injectors } from "./index.ts";

const program = (listen: { host: string; port: number }): string => `
  import { createServer } from "node:http";
  createServer((request, response) => response.end("hello\\n")).listen(${listen.port}, ${JSON.stringify(listen.host)});
  process.on("SIGTERM", () => process.exit(0));
`;

export function webService(name: string, zone: string, host: number, port: number): Service {
  return {
    name, kind: name.split("/")[1] ?? name, region: zone.slice(0, -2), zone, host, ports: { http: port }, tools: ["node"], dependsOn: [],
    ready: { kind: "http", port: "http", path: "/" }, readyWithinMs: 20_000, drainMs: 1_000, telemetry: [],
    pings: { http: { send: "GET / HTTP/1.1\r\nHost: ping\r\n\r\n" } },
    launch: (place: Place) => ({ command: place.tool("node").executable, args: ["main.mjs"], env: {}, files: { "main.mjs": program(place.listen("http")) } }),
  };
}

export const miniLayout: Layout = {
  services: [webService("a/front", "region-a-1", 21, 18_600), webService("a/back", "region-a-1", 22, 18_600), webService("b/back", "region-b-1", 21, 18_600)],
  links: [{ from: "a/front", to: "a/back", port: "http" }, { from: "a/front", to: "b/back", port: "http" }],
  playable: () => [], edges: [{ service: "a/front", port: "http" }],
  stream: { event: "main", segmentMs: 2_000, availabilityStartMs: 0, renditions: [], segmentPath: "/", dvrSegments: 0 },
};

export const clock = realClock();
const undo: UndoLedger = { record: () => () => {} };

export interface Mini extends AsyncDisposable { readonly deployment: Deployment }

export async function startMini(layout: Layout = miniLayout): Promise<Mini> {
  const folder = mkdtempSync(join(tmpdir(), "seawall-faults-"));
  const tools = (await provision([...new Set(["toxiproxy" as const, ...layout.services.flatMap((service) => service.tools)])], { env: process.env, signal: new AbortController().signal, progress: () => {} })) as Tools;
  const deployment = await processSubstrate({ tools, clock, stateDirectory: join(folder, "state"), cacheDirectory: join(folder, "media") }).deploy({
    plan: { ...heldPlan(), without: [] }, runId: `mini-${process.pid}-${Date.now()}`, controlToken: "token", layout, logsDirectory: folder, undo, signal: new AbortController().signal, progress: () => {},
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
  return (injectors[fault.kind] as Injector<Fault>)(fault, deployment, { clock, signal: new AbortController().signal });
}
