/**
 * A busy Varnish that receives SIGTERM finishes open requests, refuses new ones and exits with
 * status 0.
 */
import "../tools/recipes.ts";
import { get as httpGet, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { provision } from "../../../harness/provision/provision.ts";
import {
  Bench,
  get,
  type RunningNode,
  segment,
  settingsFor,
  upstream,
} from "../../../test/support/live-streaming/edge-bench.ts";

const { varnish } = await provision(["varnish"], { env: process.env });
const bench = new Bench(varnish);
afterAll(() => bench[Symbol.asyncDispose]());

const body = "x".repeat(24_000_000);
/** Longer than any step of this test takes on a busy machine. */
const heldMs = 1_500;
const origin = await bench.origin((path) => ({
  status: 200,
  headers: { "x-ttl-ms": "60000" },
  ...(path.includes("v720") ? { body } : path.includes("v360") ? { afterMs: heldMs } : {}),
}));
const node = (): Promise<RunningNode> =>
  bench.node(settingsFor({ origins: [upstream("region-a", "region-a", origin.port)] }));

test("finishes a slow download and held requests on SIGTERM, refuses new ones, and exits with 0", async () => {
  const edge = await node();
  // More than the sockets in between can buffer, so the transfer is still under way.
  const download = await new Promise<IncomingMessage>(
    (resolve, reject) =>
      void httpGet(edge.base + segment(-10), { agent: false }, resolve).on("error", reject),
  );
  const held = [1, 2, 3].map(() => get(edge.base + segment(-5, "v360")));
  while (!origin.asked.some((path) => path.includes("v360"))) await sleep(5);
  const stopped = edge.stop("SIGTERM");
  await expect.poll(async () => (await get(`${edge.base}/health/ready`)).status).toBe(503);
  expect((await get(`${edge.base}/health/live`)).status).toBe(200);
  // Not ready at once. Cached objects are refused once a probe has seen that.
  const late = async (): Promise<unknown[]> => {
    const { status, headers } = await get(edge.base + segment(-10));
    return [status, headers.get("x-answer"), headers.get("connection")];
  };
  await expect.poll(late, { timeout: 1_000 }).toEqual([503, "draining", "close"]);
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200]);
  // The drain waits for the slow request.
  await sleep(400);
  expect(edge.child.exitCode).toBeNull();
  let bytes = 0;
  for await (const piece of download) bytes += (piece as Buffer).length;
  expect(bytes).toBe(body.length);
  const fromMs = performance.now();
  await stopped;
  expect(performance.now() - fromMs).toBeLessThan(2_000);
  expect([edge.child.exitCode, edge.child.signalCode]).toEqual([0, null]);
  await expect(get(`${edge.base}/health/live`)).rejects.toThrow();
});

test("ends despite an unread download, and at once on a second SIGTERM", async () => {
  const edge = await node();
  const download = await new Promise<IncomingMessage>(
    (resolve, reject) =>
      void httpGet(edge.base + segment(-10), { agent: false }, resolve).on("error", reject),
  );
  download.on("error", () => undefined);
  const stopped = edge.stop("SIGTERM");
  await expect.poll(async () => (await get(`${edge.base}/health/ready`)).status).toBe(503);
  await sleep(300);
  expect(edge.child.exitCode).toBeNull();
  const fromMs = performance.now();
  edge.child.kill("SIGTERM");
  await stopped;
  expect(performance.now() - fromMs).toBeLessThan(1_500);
  download.destroy();
});
