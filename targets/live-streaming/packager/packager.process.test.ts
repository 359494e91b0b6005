import "../tools/recipes.ts";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { provision } from "../../../harness/provision/provision.ts";
import { freePort } from "../../../harness/system/free-port.ts";
import { packagingMsMin } from "../layout/packager.ts";
import { event, renditions } from "../stream/event.ts";
import { publishAtMs } from "../stream/template.ts";
import type { PackagerConfiguration } from "./configuration.ts";
import { spoiled } from "./defects.ts";
import { loadLoops } from "./encode.ts";
import { inspect } from "./inspect.ts";
import type { Entry } from "./journal.ts";
import {
  epochLocked,
  expectedSamples,
  expectedTicks,
  makeSegment,
  segmentSeconds,
} from "./loop.ts";

const { ffmpeg } = await provision(["ffmpeg"], { env: process.env });
const cache = process.env["SEAWALL_CACHE"] ?? join(homedir(), ".cache/seawall");
const encoder = {
  ffmpeg: { executable: ffmpeg.executable, args: [...ffmpeg.args], env: { ...ffmpeg.env } },
  cacheDirectory: join(cache, "media"),
};
const folder = mkdtempSync(join(tmpdir(), "seawall-packager-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("light inspection of encoded media", () => {
  test("finds every defect but rot, and never faults a whole segment", async () => {
    const number = 897_638_123;
    for (const [name, loop] of await loadLoops({ ...encoder, renditions: [...renditions] })) {
      const whole = makeSegment(loop, number, epochLocked);
      const samples = expectedSamples(loop, number, epochLocked);
      const expected = {
        decodeTicks: expectedTicks(loop, number, epochLocked),
        samples,
        durationTicks:
          samples * (name === "audio" ? 1_024 : (segmentSeconds * loop.timescale) / samples),
      };
      const found = (bytes: Buffer): readonly string[] => inspect(bytes, expected);
      expect(found(whole)).toEqual([]);
      expect(found(spoiled(whole, "short"))).toEqual(["short"]);
      expect(found(spoiled(whole, "missing"))).toEqual(["missing"]);
      expect(found(spoiled(whole, "timing"))).toEqual(["timing"]);
      expect(found(spoiled(whole, "truncated"))).toEqual(["short", "missing", "timing"]);
      const rotten = spoiled(whole, "rot");
      expect([found(rotten), rotten.length, rotten.equals(whole)]).toEqual([
        [],
        whole.length,
        false,
      ]);
      // A decoder accepts the rest, so the boxes are valid.
      for (const [kind, left] of [
        ["short", Math.ceil(samples / 2)],
        ["missing", samples - 10],
      ] as const) {
        const path = join(folder, `${name}-${kind}.mp4`);
        writeFileSync(path, Buffer.concat([loop.init, spoiled(whole, kind)]));
        expect([name, kind, decodedFrames(path)]).toEqual([name, kind, left]);
      }
    }
  });
});

function decodedFrames(path: string): number {
  const ffprobe = ffmpeg.companions["ffprobe"] ?? "ffprobe";
  const args = [
    "-v",
    "error",
    "-count_frames",
    "-show_entries",
    "stream=nb_read_frames",
    "-of",
    "csv=p=0",
    path,
  ];
  return Number(
    execFileSync(ffprobe, args, {
      env: { ...process.env, ...ffmpeg.env },
      encoding: "utf8",
    }).trim(),
  );
}

/** Accepts and records every PUT, with configurable answers. */
interface Origin {
  readonly puts: {
    readonly path: string;
    readonly sha256: string;
    readonly really: string;
    readonly defects: string;
  }[];
  delayMs: number;
  close(): void;
  readonly port: number;
}

async function recordingOrigin(): Promise<Origin> {
  const origin = {
    puts: [] as Origin["puts"],
    delayMs: 0,
    port: 0,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  const server = createServer(async (request, response) => {
    const hash = createHash("sha256");
    for await (const part of request) hash.update(part as Buffer);
    await sleep(origin.delayMs);
    if (request.method === "PUT") {
      const header = (name: string): string => String(request.headers[name] ?? "");
      origin.puts.push({
        path: request.url ?? "",
        sha256: header("x-sha256"),
        really: hash.digest("hex"),
        defects: header("x-defects"),
      });
    }
    response.end();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  origin.port = (server.address() as AddressInfo).port;
  return origin;
}

describe("a packager", () => {
  const host = "127.0.0.1";
  const main = join(import.meta.dirname, "main.ts");
  const file = join(folder, "configuration.json");
  const bearer = { authorization: "Bearer secret" };
  let origin: Origin;
  let child: ChildProcess;
  let [data, control, log] = ["", "", ""];

  async function start(): Promise<void> {
    child = spawn(process.execPath, [main, file], { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout?.setEncoding("utf8").on("data", (part: string) => {
      log += part;
    });
    while (
      child.exitCode === null &&
      (await fetch(`${data}/health/ready`).then(
        ({ status }) => status,
        () => 0,
      )) !== 200
    )
      await sleep(50);
  }
  const ended = (): Promise<number | null> =>
    new Promise((resolve) => {
      if (child.exitCode !== null) resolve(child.exitCode);
      else child.once("exit", (code) => resolve(code));
    });
  const journal = async (): Promise<Entry[]> =>
    (await (await fetch(`${data}/journal`)).text())
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Entry);
  const order = (
    query: string,
    headers: Record<string, string> = bearer,
    method = "POST",
  ): Promise<number> =>
    fetch(`${control}/defects${query}`, { method, headers }).then(({ status }) => status);

  beforeAll(async () => {
    origin = await recordingOrigin();
    const [listen, own] = [
      { host, port: await freePort(host) },
      { host, port: await freePort(host) },
    ];
    [data, control] = [`http://${host}:${listen.port}`, `http://${host}:${own.port}`];
    const configuration: PackagerConfiguration = {
      ...encoder,
      pipeline: "a",
      event,
      renditions: [...renditions],
      backfillSegments: 3,
      packagingMsMin,
      listen,
      control: own,
      controlToken: "secret",
      // The first of its origins is absent.
      publishTo: [
        { host, port: await freePort(host) },
        { host, port: origin.port },
      ],
      journalFile: join(folder, "journal.ndjson"),
      seed: 1,
      defences: { epochLocking: true },
    };
    writeFileSync(file, JSON.stringify(configuration));
    await start();
  });
  afterAll(async () => {
    child.kill("SIGKILL");
    await ended();
    origin.close();
  });

  test("declares, journals and counts its inspection's findings; rot passes with its own checksum", async () => {
    for (const [kind, defects] of [
      ["short", "short"],
      ["truncated", "short,missing,timing"],
      ["rot", ""],
    ] as const) {
      const from = (await journal()).length;
      expect(await order(`?kind=${kind}&segments=1&rendition=v360`)).toBe(200);
      const spoiledOne = async (): Promise<Entry | undefined> => {
        const loops = await loadLoops({ ...encoder, renditions: [...renditions] });
        return (await journal()).slice(from).find(
          ({ number, sha256, rendition }) =>
            rendition === "v360" &&
            sha256 !==
              createHash("sha256")
                .update(makeSegment(loops.get(rendition) as never, number, epochLocked))
                .digest("hex"),
        );
      };
      await expect.poll(spoiledOne, { timeout: 6_000, interval: 200 }).toBeDefined();
      const entry = (await spoiledOne()) as Entry;
      const put = origin.puts.find(({ path }) => path === `/live/main/v360/${entry.number}.m4s`);
      expect([entry.defects.join(","), put?.defects, put?.sha256, put?.really]).toEqual([
        defects,
        defects,
        entry.sha256,
        entry.sha256,
      ]);
      // The other renditions of the segment are intact.
      expect(
        (await journal())
          .filter(({ number, rendition }) => number === entry.number && rendition !== "v360")
          .map((one) => one.defects),
      ).toEqual([[], []]);
    }
    expect(await (await fetch(`${data}/metrics`)).text()).toMatch(
      /packager_defects_total\{lane="publish",defect="short"\} 2/,
    );
  });

  test("takes the least packaging time for a live segment, and none for a backfilled one", async () => {
    const live = async (): Promise<Entry[]> =>
      (await journal()).filter(({ backfill }) => !backfill);
    await expect
      .poll(async () => (await live()).length, { timeout: 6_000, interval: 200 })
      .toBeGreaterThanOrEqual(renditions.length);
    const sinceDueMs = (await live()).map(
      ({ number, startedMs }) => startedMs - publishAtMs(number),
    );
    expect(Math.min(...sinceDueMs)).toBeGreaterThanOrEqual(packagingMsMin);
  });

  test("refuses invalid orders with the right status", async () => {
    const statuses = async (
      asked: readonly (readonly [string, Record<string, string>?, string?])[],
    ): Promise<number[]> => {
      const all = [];
      for (const [query, headers, method] of asked)
        all.push(await order(query, headers ?? bearer, method ?? "POST"));
      return all;
    };
    const bad = [
      "",
      "?kind=rust",
      "?kind=rot&segments=0",
      "?kind=rot&segments=-1",
      "?kind=rot&segments=1e3",
      "?kind=rot&segments=99999999999999999999",
      "?kind=rot&segments=10001",
      "?kind=rot&segments=NaN",
      "?kind=rot&kind=short",
      "?kind=rot&rendition=../../etc",
      `?kind=${"x".repeat(4_000)}`,
    ];
    expect(await statuses(bad.map((query) => [query] as const))).toEqual(bad.map(() => 400));
    expect(
      await statuses([
        ["?kind=rot", {}],
        ["?kind=rot", { authorization: "Bearer wrong!" }],
        ["?kind=rot", { authorization: "Basic c2VjcmV0" }],
      ]),
    ).toEqual([401, 401, 401]);
    expect(
      await statuses([
        ["?kind=rot", bearer, "PUT"],
        ["", bearer, "GET"],
        ["", bearer, "DELETE"],
      ]),
    ).toEqual([405, 200, 200]);
    const journals = [
      "?after=-1",
      "?after=1e3",
      "?after=x",
      "?after=1&after=2",
      "?after=9999999999999999999",
    ];
    expect(
      await Promise.all(
        journals.map((query) => fetch(`${data}/journal${query}`).then(({ status }) => status)),
      ),
    ).toEqual(journals.map(() => 400));
    expect([
      (await fetch(`${data}/journal`, { method: "POST", body: "x" })).status,
      (await fetch(`${data}/etc/passwd`)).status,
    ]).toEqual([405, 404]);
    // Requests that no client library would send.
    expect(
      await Promise.all(
        ["//", "/defects?%", "http://[/", "*"].map((target) => rawStatus(control, target)),
      ),
    ).toEqual([404, 400, 404, 404]);
    expect(await rawStatus(data, "/health/live")).toBe(200);
  });

  test("still knows its acknowledgements after a kill and restart", async () => {
    const before = await journal();
    child.kill("SIGKILL");
    await ended();
    await start();
    const after = await journal();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ seq }) => seq)).toEqual(after.map((_, index) => index + 1));
  });

  test("finishes the open segment on SIGTERM, stays readable until then, and leaves no outcome open", async () => {
    origin.delayMs = 400;
    const known = (await journal()).length;
    const inFlight = async (): Promise<boolean> =>
      /packager_in_flight [1-9]/.test(await (await fetch(`${data}/metrics`)).text());
    await expect.poll(inFlight, { timeout: 5_000, interval: 20 }).toBe(true);
    child.kill("SIGTERM");
    await sleep(50);
    const ready = await fetch(`${data}/health/ready`);
    expect([ready.status, await ready.text()]).toEqual([503, "draining\n"]);
    expect(await ended()).toBe(0);
    const lines = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { message: string });
    expect(lines.slice(-2).map(({ message }) => message)).toEqual(["draining", "drained"]);
    await start();
    expect((await journal()).length).toBeGreaterThanOrEqual(known + renditions.length);
  });

  test("refuses an invalid configuration and names every problem", () => {
    writeFileSync(
      join(folder, "bad.json"),
      JSON.stringify({
        pipeline: "../a",
        publishTo: [],
        backfillSegments: -1,
        listen: { host: "example.org", port: 99_999 },
      }),
    );
    try {
      execFileSync(process.execPath, [main, join(folder, "bad.json")], { stdio: "pipe" });
      expect.unreachable();
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: Buffer };
      expect(status).toBe(78);
      for (const name of [
        "pipeline",
        "publishTo",
        "backfillSegments",
        "listen.host",
        "listen.port",
        "controlToken",
        "journalFile",
      ])
        expect(stderr.toString()).toContain(name);
    }
  });
});

/** The status of a request with an unmodified request target. */
function rawStatus(base: string, target: string): Promise<number> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () =>
      socket.end(
        (
          `POST ${target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ` +
          `secret\r\ncontent-length: 0\r\n\r\n`
        ).replace("POST /health", "GET /health"),
      ),
    );
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    socket.on("end", () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)));
    socket.on("error", reject);
  });
}
