/** The origin's GET and PUT over real HTTP, with a store and a cache in memory that can be broken at will. */
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { noCache } from "../cache/client.ts";
import { listen, type Listener } from "../service/server.ts";
import { chunkBytes } from "../store/chunk.ts";
import type { Store } from "../store/store.ts";
import { publishAtMs, segmentInProduction } from "../stream/template.ts";
import { createChunkReader } from "./chunk-reader.ts";
import { createLookup } from "./lookup.ts";
import { createMetadata, type Publication } from "./metadata.ts";
import { createPublisher } from "./publish.ts";
import { createReader } from "./read.ts";
import { createStoreLoad } from "./shedding.ts";
import { createTelemetry } from "./telemetry.ts";

const settings = {
  event: "main", renditions: ["v720"], pipelines: ["a", "b"], ownPipelines: ["a", "b"], dvrWindowSegments: 1800,
  candidateSelection: true, negativeCache: true, priorityShedding: true, holdOpen: true, metadataCache: true,
};
const listeners: Listener[] = [];
afterAll(async () => void await Promise.all(listeners.map(({ server }) => server.closeAllConnections())));

let clockMs = 0;
let metadata = createMetadata();
let chunks = new Map<string, Buffer>();
let rows: Publication[] = [];
let reads = 0;
let failWrites = false;
const storeLoad = createStoreLoad({ targetMs: 60, bearableMs: 500, windowMs: 2_000, samplesMin: 20 });
const store: Store = {
  async writeChunk(_leaf, token, index, body) {
    if (failWrites) throw new Error("no");
    chunks.set(`${token}/${index}`, Buffer.from(body));
  },
  async writePublication(row) { rows.push(row); },
  async readChunk(_leaf, token, index) {
    reads += 1;
    return chunks.get(`${token}/${index}`) ?? null;
  },
  async readPublications(leaf) {
    reads += 1;
    return rows.filter((row) => row.rendition === leaf.rendition && row.number === leaf.number);
  },
  readRange: async () => [],
  writeDirective: async () => undefined,
  readDirectives: async () => [],
  close: async () => undefined,
};

let base = "";
let current = 0;
beforeEach(async () => {
  clockMs = 1_700_000_000_500;
  current = segmentInProduction(clockMs);
  [metadata, chunks, rows, reads, failWrites] = [createMetadata(), new Map(), [], 0, false];
  const telemetry = createTelemetry();
  const parts = { ...settings, store: () => store, metadata, telemetry, nowMs: () => clockMs };
  const publish = createPublisher({ ...parts, rules: settings, cache: noCache, announce: () => undefined, log: () => undefined });
  const read = createReader({
    ...parts, storeLoad, chunks: createChunkReader(() => store, noCache, telemetry),
    lookup: createLookup({ store: () => store, nowMs: () => clockMs, onAsked: () => undefined, intervalMs: 250, atOnceMax: 8, rememberedMax: 100 }),
  });
  const listener = await listen({ host: "127.0.0.1", port: 0 }, (request, response) => request.method === "PUT" ? publish(request, response) : read(request, response), () => undefined);
  listeners.push(listener);
  const address = listener.server.address();
  base = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
});

const path = (number: number): string => `/live/main/v720/${number}.m4s`;
const sha = (body: Buffer): string => createHash("sha256").update(body).digest("hex");
const token = (): string => `${clockMs}-${randomBytes(16).toString("hex")}`;
const put = (number: number, body: Buffer, headers: Record<string, string> = {}): Promise<Response> => fetch(base + path(number), {
  method: "PUT", body: new Uint8Array(body), headers: { "x-sha256": sha(body), "x-pipeline": "a", "x-token": token(), ...headers },
});
const get = (number: number): Promise<Response> => fetch(base + path(number));

test("what was put is got, over several chunks and byte for byte", async () => {
  const body = randomBytes(2 * chunkBytes + 17);
  expect((await put(current - 1, body)).status).toBe(200);
  const response = await get(current - 1);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
  expect(response.headers.get("x-segment-sha256")).toBe(sha(body));
  expect(chunks.size).toBe(3);
});

describe("a PUT", () => {
  test("whose body is not what its checksum says leaves nothing behind", async () => {
    expect((await put(current - 1, Buffer.from("body"), { "x-sha256": sha(Buffer.from("other")) })).status).toBe(422);
    expect([chunks.size, rows.length, metadata.size]).toEqual([0, 0, 0]);
  });
  test("that is repeated writes once", async () => {
    const headers = { "x-token": token() };
    const statuses = [await put(current - 1, Buffer.from("body"), headers), await put(current - 1, Buffer.from("body"), headers)].map(({ status }) => status);
    expect([statuses, rows.length]).toEqual([[200, 200], 1]);
  });
  test("that the store did not take is refused and not to be seen", async () => {
    failWrites = true;
    expect((await put(current - 1, Buffer.from("body"))).status).toBe(503);
    expect([rows.length, metadata.size]).toEqual([0, 0]);
  });
  test.each([
    ["another region's pipeline", { "x-pipeline": "c" }, 403], ["no token", { "x-token": "" }, 400], ["a token from the future", { "x-token": `9999999999999-${"0".repeat(32)}` }, 400],
    ["no checksum", { "x-sha256": "" }, 400], ["an unknown defect", { "x-defects": "ugly" }, 400],
  ])("with %s is refused", async (_what, headers, status) => {
    expect((await put(current - 1, Buffer.from("body"), headers)).status).toBe(status);
    expect(rows.length).toBe(0);
  });
  test("before its time, or for a rendition that is not, is refused", async () => {
    expect((await put(current + 2, Buffer.from("body"))).status).toBe(400);
    expect((await fetch(`${base}/live/main/v9000/1.m4s`, { method: "PUT", body: "body" })).status).toBe(404);
  });
});

describe("a GET", () => {
  test("of a defective segment gets the other pipeline's, and the least bad is flagged when there is no other", async () => {
    await put(current - 1, Buffer.from("bad"), { "x-defects": "timing" });
    expect((await get(current - 1)).headers.get("x-defects")).toBe("timing");
    await put(current - 1, Buffer.from("good"), { "x-pipeline": "b" });
    expect(await (await get(current - 1)).text()).toBe("good");
  });
  test("of a segment whose first copy cannot be read gets the second", async () => {
    await put(current - 1, Buffer.from("same"));
    chunks.clear();
    await put(current - 1, Buffer.from("same"), { "x-pipeline": "b" });
    expect((await get(current - 1)).headers.get("x-pipeline")).toBe("b");
  });
  test("of the very next segment is answered when it is published", async () => {
    const waiting = Promise.all(Array.from({ length: 50 }, () => get(current)));
    while (metadata.waiting < 50) await new Promise((resolve) => setTimeout(resolve, 5));
    await put(current, Buffer.from("fresh"));
    expect((await waiting).map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
  });
  test("of what is early, unknown or gone says so, and for how long", async () => {
    const early = await get(current + 1);
    expect([early.status, early.headers.get("x-answer"), Number(early.headers.get("x-ttl-ms"))]).toEqual([404, "early", publishAtMs(current + 1) - 100 - clockMs]);
    expect((await fetch(`${base}/live/other/v720/1.m4s`)).headers.get("x-answer")).toBe("unknown");
    expect((await get(current - 100)).status).toBe(410);
  });
  test("storm for what does not exist stays out of the store", async () => {
    for (let times = 0; times < 100; times += 1) await get(current - 100);
    expect(reads).toBeLessThan(10);
  });
});

test("when the store is slow DVR is refused with a lifetime, and live is served", async () => {
  await put(current - 1, Buffer.from("live"));
  await put(current - 50, Buffer.from("dvr"));
  for (let times = 0; times < 100; times += 1) storeLoad.record(400, clockMs);
  const refused = await get(current - 50);
  expect([refused.status, refused.headers.get("cache-control")]).toEqual([503, "max-age=5"]);
  expect((await get(current - 1)).status).toBe(200);
});
