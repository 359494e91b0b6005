/**
 * Shared parts of the edge's tests: settings of one node, and a real node in front of origins that
 * count requests.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../harness/system/free-port.ts";
import type { Program } from "../../../targets/live-streaming/service/program.ts";
import { segmentInProduction } from "../../../targets/live-streaming/stream/template.ts";
import { edgeProgram, type EdgeNode } from "../../../targets/live-streaming/edge/launch.ts";
import type { EdgeSettings, Upstream } from "../../../targets/live-streaming/edge/settings.ts";

export const controlToken = "token-of-this-test";

export function upstream(site: string, region: string, port: number): Upstream {
  return { site, region, endpoint: { host: "127.0.0.1", port } };
}

export function settingsFor(
  given: Partial<EdgeSettings> & Pick<EdgeSettings, "origins">,
  without: readonly (keyof EdgeSettings["defences"])[] = [],
): EdgeSettings {
  const on = {
    collapsing: true,
    msTtl: true,
    rangeGate: true,
    regionFailover: true,
    shedCaching: true,
    fillTier: true,
    notifications: true,
  };
  return {
    role: "edge",
    region: given.origins[0].region,
    fills: [],
    event: "main",
    renditions: ["v720", "v360", "audio"],
    segmentSeconds: 2,
    liveSegments: 5,
    dvrWindowSegments: 1800,
    holdGraceSeconds: 1,
    retentionSeconds: 300,
    controlToken,
    defences: { ...on, ...Object.fromEntries(without.map((name) => [name, false])) },
    ...given,
  };
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly afterMs?: number;
  readonly body?: string;
}

export interface CountingOrigin {
  readonly port: number;
  readonly asked: string[];
  readonly requests: IncomingMessage[];
  readonly server: Server;
  stop(): Promise<void>;
}

/** Everything started through it ends with it. */
export class Bench implements AsyncDisposable {
  readonly #cleanups: (() => Promise<void> | void)[] = [];
  readonly #varnish: EdgeNode["varnish"];

  constructor(varnish: EdgeNode["varnish"]) {
    this.#varnish = varnish;
  }

  /** A small origin that records its requests. */
  async origin(answer: (path: string) => Answer): Promise<CountingOrigin> {
    const asked: string[] = [];
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      const path = request.url ?? "";
      if (path === "/health/ready") return void response.end("ready");
      asked.push(path);
      requests.push(request);
      const { status, headers = {}, afterMs = 0, body = "body" } = answer(path);
      setTimeout(
        () =>
          response
            .writeHead(status, { "content-length": Buffer.byteLength(body), ...headers })
            .end(body),
        afterMs,
      );
    });
    server.keepAliveTimeout = 75_000;
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const stop = (): Promise<void> => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    };
    this.#cleanups.push(() => (server.listening ? stop() : undefined));
    return { port: (server.address() as AddressInfo).port, asked, requests, server, stop };
  }

  /** A real Varnish with these settings, up. */
  async node(settings: EdgeSettings): Promise<RunningNode> {
    const [port, admin] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
    return this.run(port, (directory) =>
      edgeProgram({
        varnish: this.#varnish,
        directory,
        listen: { host: "127.0.0.1", port },
        admin: { host: "127.0.0.1", port: admin },
        settings,
      }),
    );
  }

  async run(port: number, programIn: (directory: string) => Program): Promise<RunningNode> {
    const directory = mkdtempSync(join(tmpdir(), "seawall-edge-"));
    const program = programIn(directory);
    for (const [path, text] of Object.entries(program.files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const child = spawn(program.command, [...program.args], {
      env: { ...process.env, ...program.env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    const said: string[] = [];
    child.stderr.on("data", (data: Buffer) => said.push(data.toString()));
    const stop = (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => ended(child, signal);
    this.#cleanups.push(async () => {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    });
    const base = `http://127.0.0.1:${port}`;
    for (
      let tries = 0;
      !(await fetch(`${base}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      ));
      tries += 1
    ) {
      if (tries > 400 || child.exitCode !== null) {
        // If this runs while the test file loads, none of that file's hooks would run.
        await this[Symbol.asyncDispose]();
        throw new Error(`the node did not start: ${said.join("").slice(0, 2_000)}`);
      }
      await sleep(25);
    }
    return { base, port, directory, child, stop };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0).reverse()) await cleanup();
  }
}

export interface RunningNode {
  readonly base: string;
  readonly port: number;
  readonly directory: string;
  readonly child: ChildProcess;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await exit;
}

/** The path of the segment this many after the one in production. */
export const segment = (offset: number, rendition = "v720"): string =>
  `/live/main/${rendition}/${segmentInProduction(Date.now()) + offset}.m4s`;

export interface Got {
  readonly status: number;
  readonly cache: string | null;
  readonly servedBy: string | null;
  readonly headers: Headers;
  readonly ms: number;
}

export async function get(url: string, init: RequestInit = {}): Promise<Got> {
  const startMs = performance.now();
  const response = await fetch(url, init);
  await response.arrayBuffer();
  const { headers } = response;
  return {
    status: response.status,
    cache: headers.get("x-cache"),
    servedBy: headers.get("x-served-by"),
    headers,
    ms: performance.now() - startMs,
  };
}
