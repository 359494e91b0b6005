import type { Publication } from "../stream/candidate.ts";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { connectObjects } from "../store/objects.ts";
import { objectStoreModel } from "./model.ts";

const folder = mkdtempSync(join(tmpdir(), "seawall-objects-"));
const at = { host: "127.0.0.1", port: 21_480 };
const url = `http://${at.host}:${at.port}`;
const fast = {
  ...objectStoreModel,
  listen: at,
  directory: join(folder, "objects"),
  seed: 1,
  readMs: { p50: 2, p99: 4 },
  writeMs: { p50: 20, p99: 40 },
};
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function start(configuration: object): ChildProcess {
  const path = join(folder, "configuration.json");
  writeFileSync(path, JSON.stringify(configuration));
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), path], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  return child;
}

const quiet = (): void => undefined;
const never = new AbortController().signal;

test("keeps the store's promises on objects, across a restart", async () => {
  const first = start(fast);
  const store = await connectObjects(at, quiet, never, quiet);
  const leaf = { event: "main", rendition: "v720", number: 900_000_001 };
  const body = randomBytes(200_000);
  const row: Publication = {
    ...leaf,
    pipeline: "a",
    token: `1795284844135-${"0".repeat(32)}`,
    sha256: createHash("sha256").update(body).digest("hex"),
    bytes: body.length,
    defects: ["short"],
    publishedAtMs: 1,
  };
  expect(await store.readPublications(leaf)).toEqual([]);
  const startedMs = performance.now();
  await store.writeChunk(leaf, row.token, 0, body);
  expect(performance.now() - startedMs).toBeGreaterThan(8);
  await store.writePublication(row);
  const later = { ...row, token: `1795284844136-${"0".repeat(32)}` };
  await store.writePublication(later);
  await store.writeDirective({ event: "main", id: "mask/1", version: 5, body: "{}" });
  await store.writeDirective({ event: "main", id: "mask/1", version: 12, body: '{"new":true}' });

  first.kill("SIGTERM");
  expect(await once(first, "exit")).toEqual([0, null]);
  start(fast);
  let refused = 0;
  const again = await connectObjects(at, quiet, never, () => {
    refused += 1;
  });
  expect(await again.readChunk(leaf, row.token, 0)).toEqual(body);
  expect(await again.readChunk(leaf, row.token, 1)).toBeNull();
  // The later publication of a pipeline counts, in whatever order they arrive.
  expect(await again.readPublications(leaf)).toEqual([later]);
  expect(await again.readRange("main", "v720", 900_000_000, 900_000_002)).toEqual([later]);
  expect(await again.readRange("main", "v720", 900_000_002, 900_000_009)).toEqual([]);
  expect(await again.readDirectives("main")).toEqual([
    { event: "main", id: "mask/1", version: 12, body: '{"new":true}' },
  ]);

  const statuses = await Promise.all(
    Array.from({ length: 150 }, () =>
      fetch(`${url}/objects/main/none`).then((answer) => answer.status),
    ),
  );
  expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(20);
  expect(statuses.filter((status) => status === 404).length).toBeGreaterThan(60);
  // The client counts each refusal, including those that a retry overcame.
  expect(refused).toBe(0);
  const reads = await Promise.allSettled(
    Array.from({ length: 150 }, () => again.readChunk(leaf, row.token, 0)),
  );
  expect(reads.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(20);
  expect((await fetch(`${url}/objects/another/none`)).status).toBe(404);
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
    /object_store_requests_total\{operation="read",outcome="shed"\} \d\d/,
  );
  expect((await fetch(`${url}/objects/a%2f..%2f..%2fetc`)).status).toBe(400);
  expect((await fetch(`${url}/objects/another/x`, { method: "DELETE" })).status).toBe(405);
});

test("refuses an invalid configuration with a message", async () => {
  const child = start({
    ...fast,
    listen: { host: "nowhere", port: 0 },
    readMs: { p50: 10, p99: 5 },
  });
  let errors = "";
  child.stderr?.on("data", (part) => (errors += String(part)));
  expect((await once(child, "close"))[0]).toBe(78);
  expect(errors).toMatch(/not a valid configuration[\s\S]*p99 must not be less than p50/);
});
