/**
 * The weaker edge with a real nginx: its part of the interface and its counters. Its lock's polling
 * interval makes collapsing worse than Varnish's; the tests measure how much.
 */
import "../tools/recipes.ts";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { provision } from "../../../harness/provision/provision.ts";
import { run } from "../../../harness/system/child.ts";
import { freePort } from "../../../harness/system/free-port.ts";
import {
  type Answer,
  Bench,
  get,
  segment,
  upstream,
} from "../../../test/support/live-streaming/edge-bench.ts";
import { nginxProgram } from "./launch.ts";

const { nginx, node, varnish } = await provision(["nginx", "node", "varnish"], {
  env: process.env,
});
const bench = new Bench(varnish);
afterAll(() => bench[Symbol.asyncDispose]());

const served: Answer = {
  status: 200,
  headers: { "cache-control": "max-age=60", "x-ttl-ms": "60000" },
};
let answer: (path: string) => Answer = () => served;
const own = await bench.origin((path) => answer(path));
const other = await bench.origin(() => served);
const [port, adminPort] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
const edge = await bench.run(port, (directory) =>
  nginxProgram(
    { node, cacheDirectory: directory },
    {
      nginx: { executable: nginx.executable, args: [...nginx.args], env: { ...nginx.env } },
      directory,
      admin: { host: "127.0.0.1", port: adminPort },
      settings: {
        listen: { host: "127.0.0.1", port },
        region: "region-a",
        origins: [
          upstream("region-a", "region-a", own.port),
          upstream("region-b", "region-b", other.port),
        ],
        event: "main",
        renditions: ["v720", "v360"],
        answerMsMax: 3_500,
        defences: { collapsing: true, shedCaching: true, regionFailover: true },
      },
    },
  ),
);

test("accepts the rules in the repository", async () => {
  const folder = mkdtempSync(join(tmpdir(), "seawall-nginx-"));
  try {
    cpSync(join(import.meta.dirname, "nginx"), folder, { recursive: true });
    const { exitCode, stderr } = await run(
      nginx.executable,
      [...nginx.args, "-t", "-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"],
      { env: { ...process.env, ...nginx.env } },
    );
    expect(exitCode, stderr).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const counted = async (): Promise<Record<string, number>> => {
  const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text();
  return Object.fromEntries(
    [...text.matchAll(/^edge_origin_gets_total\{lane="(\w+)",origin="([\w-]+)"\} (\d+)$/gm)]
      .filter((match) => match[3] !== "0")
      .map((match) => [`${match[1]} ${match[2]}`, Number(match[3])]),
  );
};

test("sends one request for 50 viewers, who then wait for up to 500 ms", async () => {
  answer = () => ({ ...served, afterMs: 100 });
  const path = segment(-1);
  const answers = await Promise.all(Array.from({ length: 50 }, () => get(edge.base + path)));
  expect(
    answers.every(
      ({ status, servedBy }) => status === 200 && (servedBy === "region-a" || servedBy === null),
    ),
  ).toBe(true);
  expect(own.asked).toEqual([path]);
  expect(answers.filter(({ ms }) => ms > 450).length).toBeGreaterThan(40);
  expect(answers.filter(({ cache }) => cache === "hit").length).toBe(49);
  expect(await counted()).toEqual({ "live region-a": 1 });
});

test("caches refusals, skips a broken origin, ignores sub-second lifetimes, counts each request once", async () => {
  answer = (path) =>
    path.includes("v360")
      ? { status: 502 }
      : path.endsWith("1.m4s")
        ? {
            status: 404,
            headers: { "x-ttl-ms": "800", "cache-control": "max-age=0", "x-answer": "early" },
          }
        : { status: 503, headers: { "x-answer": "shed", "cache-control": "max-age=5" } };
  const before = own.asked.length;
  const refused = "/live/main/v720/1000000.m4s";
  expect([
    (await get(edge.base + refused)).status,
    (await get(`${edge.base}${refused}?other`)).cache,
  ]).toEqual([503, "hit"]);
  expect(await get(`${edge.base}/live/main/v360/1000000.m4s`)).toMatchObject({
    status: 200,
    servedBy: "region-b",
  });
  for (let times = 0; times < 2; times += 1)
    expect((await get(`${edge.base}/live/main/v720/1000001.m4s`)).cache).toBe("miss");
  expect(own.asked.length - before).toBe(4);
  expect(await counted()).toEqual({ "live region-a": 1, "dvr region-a": 4, "dvr region-b": 1 });
});

test("refuses unsupported requests itself and exits cleanly", async () => {
  const before = own.asked.length;
  for (const [method, path, status] of [
    ["PUT", segment(-1), 405],
    ["BAN", "/invalidate", 405],
    ["OPTIONS", "/", 204],
    ["GET", "/live/main/v720/007.m4s", 404],
    ["GET", "/live/main/v720/%31.m4s%0a", 404],
  ] as const)
    expect([path, (await get(edge.base + path, { method })).status]).toEqual([path, status]);
  expect(own.asked.length).toBe(before);
  expect(
    Math.abs(Date.parse(await (await fetch(`${edge.base}/time`)).text()) - Date.now()),
  ).toBeLessThan(500);
  answer = () => ({ ...served, afterMs: 400 });
  const last = get(edge.base + segment(-40));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const ended = edge.stop();
  expect((await last).status).toBe(200);
  await ended;
  expect(edge.child.exitCode).toBe(0);
});
