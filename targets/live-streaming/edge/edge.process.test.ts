import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { provision } from "../../../harness/provision/provision.ts";
import { segmentInProduction } from "../stream/template.ts";
import { edgeProgram } from "./launch.ts";
import type { EdgeSettings } from "./vcl.ts";

const { varnish } = await provision(["varnish"], { env: process.env });
const cleanups: (() => Promise<void> | void)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

type Answer = { readonly status: number; readonly headers: Record<string, string>; readonly afterMs: number };

/** A tiny origin that counts what it is asked for. */
async function originThat(answer: (path: string) => Answer): Promise<{ readonly port: number; readonly asked: string[]; readonly server: Server }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    if (path === "/health/ready") return void response.end("ready");
    asked.push(path);
    const { status, headers, afterMs } = answer(path);
    setTimeout(() => response.writeHead(status, headers).end("body"), afterMs);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => void server.close(), () => server.closeAllConnections());
  return { port: (server.address() as AddressInfo).port, asked, server };
}

const on: EdgeSettings["defences"] = { collapsing: true, msTtl: true, rangeGate: true, regionFailover: true, shedCaching: true };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function edge(ports: readonly [number, ...number[]], without: readonly (keyof typeof on)[] = []): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "seawall-edge-"));
  const listen = { host: "127.0.0.1", port: await freePort() };
  const program = edgeProgram({
    varnish, directory, listen, admin: { host: "127.0.0.1", port: await freePort() },
    settings: {
      origins: ports.map((port, index) => ({ region: `region-${"ab"[index]}`, endpoint: { host: "127.0.0.1", port } })) as never,
      event: "main", renditions: ["v720"], segmentSeconds: 2, liveSegments: 5, dvrWindowSegments: 1800, holdGraceSeconds: 1,
      defences: { ...on, ...Object.fromEntries(without.map((name) => [name, false])) },
    },
  });
  for (const [path, text] of Object.entries(program.files)) writeFileSync(join(directory, path), text);
  const child: ChildProcess = spawn(program.command, [...program.args], { env: { ...process.env, ...program.env }, stdio: "ignore" });
  cleanups.push(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await new Promise((resolve) => child.once("exit", resolve));
    }
    rmSync(directory, { recursive: true, force: true });
  });
  const base = `http://${listen.host}:${listen.port}`;
  for (let tries = 0; ; tries += 1) {
    if (await fetch(`${base}/health/ready`).then(({ ok }) => ok, () => false)) return base;
    if (tries > 200 || child.exitCode !== null) throw new Error("the edge did not start");
    await sleep(50);
  }
}

const segment = (offset: number): string => `/live/main/v720/${segmentInProduction(Date.now()) + offset}.m4s`;
const get = async (url: string): Promise<{ status: number; cache: string | null; servedBy: string | null }> => {
  const response = await fetch(url);
  await response.arrayBuffer();
  return { status: response.status, cache: response.headers.get("x-cache"), servedBy: response.headers.get("x-served-by") };
};
const served = (): Answer => ({ status: 200, headers: { "x-ttl-ms": "60000" }, afterMs: 150 });

describe("collapsing", () => {
  const ask = async (without: readonly (keyof typeof on)[]): Promise<number> => {
    const origin = await originThat(served);
    const base = await edge([origin.port], without);
    const path = segment(-1);
    const answers = await Promise.all(Array.from({ length: 200 }, () => get(base + path)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    return origin.asked.length;
  };
  test("200 viewers make one request", async () => expect(await ask([])).toBe(1));
  test("and without it, many", async () => expect(await ask(["collapsing"])).toBeGreaterThan(50));
});

describe("with two regions", () => {
  test("a dead region's requests are answered by the other, and what is early or shed is not asked twice", async () => {
    const own = await originThat((path) => path.includes("v720") ? { status: 502, headers: {}, afterMs: 0 } : served());
    const other = await originThat(served);
    const base = await edge([own.port, other.port]);
    expect(await get(base + segment(-1))).toEqual({ status: 200, cache: "miss", servedBy: "region-b" });
    own.server.closeAllConnections();
    await new Promise((resolve) => own.server.close(resolve));
    expect(await get(base + segment(-2))).toMatchObject({ status: 200, servedBy: "region-b" });
  });

  test("a refusal for load is kept for its max-age and not carried to the other region", async () => {
    const own = await originThat(() => ({ status: 503, headers: { "x-answer": "shed", "cache-control": "max-age=5" }, afterMs: 0 }));
    const other = await originThat(served);
    const base = await edge([own.port, other.port]);
    const path = segment(-20);
    for (let times = 0; times < 5; times += 1) expect((await get(base + path)).status).toBe(503);
    expect([own.asked.length, other.asked.length]).toEqual([1, 0]);
  });
});

test("lifetimes are kept to the millisecond, and numbers that cannot exist never reach the origin", async () => {
  const origin = await originThat(() => ({ status: 404, headers: { "x-answer": "early", "x-ttl-ms": "300" }, afterMs: 0 }));
  const base = await edge([origin.port]);
  const path = segment(1);
  await get(base + path);
  await get(base + path);
  expect(origin.asked.length).toBe(1);
  await sleep(320);
  await get(base + path);
  expect(origin.asked.length).toBe(2);
  for (const bad of [segment(1000), segment(-5000), "/live/main/v720/007.m4s", "/live/other/v720/1.m4s"]) {
    expect([404, 410]).toContain((await get(base + bad)).status);
  }
  expect(origin.asked.length).toBe(2);
});

test("every combination of switches compiles", () => {
  const names = Object.keys(on) as (keyof typeof on)[];
  const directory = mkdtempSync(join(tmpdir(), "seawall-vcl-"));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  for (const name of names) {
    const { files } = edgeProgram({
      varnish, directory, listen: { host: "127.0.0.1", port: 1 }, admin: { host: "127.0.0.1", port: 2 },
      settings: {
        origins: [{ region: "region-a", endpoint: { host: "127.0.0.1", port: 3 } }, { region: "region-b", endpoint: { host: "127.0.0.1", port: 4 } }],
        event: "main", renditions: ["v720"], segmentSeconds: 2, liveSegments: 5, dvrWindowSegments: 1800, holdGraceSeconds: 1,
        defences: { ...on, [name]: false },
      },
    });
    writeFileSync(join(directory, "edge.vcl"), files["edge.vcl"] ?? "");
    const compiled = spawnSync(varnish.executable, [...varnish.args, "-C", "-n", directory, "-f", join(directory, "edge.vcl")], { env: { ...process.env, ...varnish.env } });
    expect(compiled.status, compiled.stderr.toString()).toBe(0);
  }
});
