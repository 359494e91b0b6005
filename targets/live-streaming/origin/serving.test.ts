/**
 * The origin's GET and PUT over real HTTP, with an in-memory store and cache that can fail on
 * request.
 */
import { createHash, randomBytes } from "node:crypto";
import { get as httpGet } from "node:http";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { noCache } from "../cache/client.ts";
import { listen, type Listener } from "../service/server.ts";
import { chunkBytes } from "../store/chunk.ts";
import type { Store } from "../store/store.ts";
import { publishAtMs, segmentInProduction, segmentMs } from "../stream/template.ts";
import { createChunkReader } from "./chunk-reader.ts";
import { createConcurrency } from "./concurrency.ts";
import { createDirectives } from "./directives.ts";
import { createLookup, lookupIntervalMs } from "./lookup.ts";
import { createMetadata } from "./metadata.ts";
import type { Publication } from "../stream/candidate.ts";
import { createPublisher } from "./publish.ts";
import { createReader } from "./read.ts";
import { createStoreLoad } from "./shedding.ts";
import { createTelemetry } from "./telemetry.ts";

const settings = {
  event: "main",
  renditions: ["v720"],
  pipelines: ["a", "b"],
  ownPipelines: ["a", "b"],
  dvrWindowSegments: 1800,
  candidateSelection: true,
  negativeCache: true,
  priorityShedding: true,
  holdOpen: true,
  metadataCache: true,
  notifications: true,
};
const listeners: Listener[] = [];
afterAll(
  async () => void (await Promise.all(listeners.map(({ server }) => server.closeAllConnections()))),
);

let clockMs = 0;
let metadata = createMetadata();
let directives = createDirectives();
let chunks = new Map<string, Buffer>();
let rows: Publication[] = [];
let reads = 0;
let failWrites = false;
let failReads = false;
let holdReads: Promise<void> = Promise.resolve();
const storeLoad = createStoreLoad({
  targetMs: 60,
  bearableMs: 500,
  windowMs: 2_000,
  samplesMin: 20,
});
const store: Store = {
  async writeChunk(_leaf, token, index, body) {
    if (failWrites) throw new Error("no");
    chunks.set(`${token}/${index}`, Buffer.from(body));
  },
  async writePublication(row) {
    rows.push(row);
  },
  async readChunk(_leaf, token, index) {
    reads += 1;
    if (failReads) throw new Error("no answer");
    await holdReads;
    return chunks.get(`${token}/${index}`) ?? null;
  },
  async readPublications(leaf) {
    reads += 1;
    if (failReads) throw new Error("no answer");
    return rows.filter((row) => row.rendition === leaf.rendition && row.number === leaf.number);
  },
  readRange: async () => [],
  writeDirective: async () => undefined,
  readDirectives: async () => [],
  close: async () => undefined,
};

let base = "";
let current = 0;
let telemetry = createTelemetry();
beforeEach(async () => {
  clockMs = 1_700_000_000_500;
  current = segmentInProduction(clockMs);
  [metadata, directives, chunks, rows, reads, failWrites, failReads] = [
    createMetadata(),
    createDirectives(),
    new Map(),
    [],
    0,
    false,
    false,
  ];
  await serveWith({});
});

async function serveWith(change: Partial<typeof settings>): Promise<void> {
  telemetry = createTelemetry();
  const concurrency = createConcurrency(() => performance.now(), true);
  const parts = {
    ...settings,
    ...change,
    store: () => store,
    metadata,
    directives,
    telemetry,
    nowMs: () => clockMs,
  };
  const publish = createPublisher({
    ...parts,
    rules: { ...settings, isOver: directives.isOver },
    cache: noCache,
    announce: () => undefined,
    log: () => undefined,
  });
  const read = createReader({
    ...parts,
    storeLoad,
    chunks: createChunkReader(() => store, noCache, telemetry, concurrency),
    stored: createChunkReader(() => store, noCache, telemetry, concurrency, "throws"),
    lookup: createLookup({
      store: () => store,
      nowMs: () => clockMs,
      onLookup: telemetry.lookup,
      intervalMs: (leaf) => (parts.metadataCache ? lookupIntervalMs(leaf.number, clockMs) : 0),
      atOnceMax: 8,
      rememberedMax: 100,
    }),
  });
  const listener = await listen(
    { host: "127.0.0.1", port: 0 },
    (request, response) =>
      request.method === "PUT" ? publish(request, response) : read(request, response),
    () => undefined,
  );
  listeners.push(listener);
  const address = listener.server.address();
  base = typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
}

const path = (number: number): string => `/live/main/v720/${number}.m4s`;
const sha = (body: Buffer): string => createHash("sha256").update(body).digest("hex");
const token = (): string => `${clockMs}-${randomBytes(16).toString("hex")}`;
const put = (
  number: number,
  body: Buffer,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(base + path(number), {
    method: "PUT",
    body: new Uint8Array(body),
    headers: { "x-sha256": sha(body), "x-pipeline": "a", "x-token": token(), ...headers },
  });
const get = (number: number): Promise<Response> => fetch(base + path(number));

const waiters = 1_000;
/** Far cheaper than fetch, for large numbers. */
const plainGet = (number: number): Promise<string> =>
  new Promise((resolve, reject) => {
    httpGet(base + path(number), { agent: false }, (response) => {
      let text = "";
      response
        .on("data", (part: Buffer) => {
          text += part.toString();
        })
        .on("end", () => resolve(`${response.statusCode} ${text}`))
        .on("error", reject);
    }).on("error", reject);
  });

test("returns what was put, over several chunks and byte for byte", async () => {
  const body = randomBytes(2 * chunkBytes + 17);
  expect((await put(current - 1, body)).status).toBe(200);
  const response = await get(current - 1);
  expect(body.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
  expect(response.headers.get("x-segment-sha256")).toBe(sha(body));
  expect(chunks.size).toBe(3);
});

describe("a read-back", () => {
  const check = (number: number): Promise<Response> =>
    fetch(`${base}/check/a/main/v720/${number}.m4s`);

  test("does not report a segment as gone if the store does not answer", async () => {
    await put(current - 1, randomBytes(1_000));
    expect((await check(current - 1)).status).toBe(200);
    failReads = true;
    // One is known in memory but unreadable, one is unknown. Neither can be decided.
    expect((await check(current - 1)).status).toBe(503);
    expect((await check(current - 20)).status).toBe(503);
    expect((await check(current - 20)).status).toBe(503);
    // For viewers the second counts as gone.
    expect((await get(current - 20)).status).toBe(410);
    failReads = false;
    clockMs += 251;
    expect((await check(current - 1)).status).toBe(200);
    expect((await check(current - 20)).status).toBe(410);
  });
});

describe("a PUT", () => {
  test("leaves nothing behind if the body does not match its checksum", async () => {
    expect(
      (await put(current - 1, Buffer.from("body"), { "x-sha256": sha(Buffer.from("other")) }))
        .status,
    ).toBe(422);
    expect([chunks.size, rows.length, metadata.size]).toEqual([0, 0, 0]);
  });
  test("writes once if it is repeated", async () => {
    const headers = { "x-token": token() };
    const statuses = [
      await put(current - 1, Buffer.from("body"), headers),
      await put(current - 1, Buffer.from("body"), headers),
    ].map(({ status }) => status);
    expect([statuses, rows.length]).toEqual([[200, 200], 1]);
  });
  test("is refused and stays invisible if the store did not accept it", async () => {
    failWrites = true;
    expect((await put(current - 1, Buffer.from("body"))).status).toBe(503);
    expect([rows.length, metadata.size]).toEqual([0, 0]);
  });
  test.each([
    ["another region's pipeline", { "x-pipeline": "c" }, 403],
    ["no token", { "x-token": "" }, 400],
    ["a token from the future", { "x-token": `9999999999999-${"0".repeat(32)}` }, 400],
    ["no checksum", { "x-sha256": "" }, 400],
    ["an unknown defect", { "x-defects": "ugly" }, 400],
  ])("is refused with %s", async (_what, headers, status) => {
    expect((await put(current - 1, Buffer.from("body"), headers)).status).toBe(status);
    expect(rows.length).toBe(0);
  });
  test("is refused before its time, or for an unknown rendition", async () => {
    expect((await put(current + 2, Buffer.from("body"))).status).toBe(400);
    expect(
      (await fetch(`${base}/live/main/v9000/1.m4s`, { method: "PUT", body: "body" })).status,
    ).toBe(404);
  });
});

describe("a GET", () => {
  test("of a defective segment returns the other pipeline's, or flags the least defective", async () => {
    await put(current - 1, Buffer.from("bad"), { "x-defects": "timing" });
    expect((await get(current - 1)).headers.get("x-defects")).toBe("timing");
    await put(current - 1, Buffer.from("good"), { "x-pipeline": "b" });
    expect(await (await get(current - 1)).text()).toBe("good");
  });
  test("of a segment with a defective first copy waits for a whole one, and falls back to it", async () => {
    const got = get(current);
    while (metadata.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await put(current, Buffer.from("bad"), { "x-defects": "short" });
    // A waiting request is woken, looks and continues to wait.
    while (metadata.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await put(current, Buffer.from("good"), { "x-pipeline": "b" });
    expect(await (await got).text()).toBe("good");
    await put(current + 1, Buffer.from("bad"), { "x-defects": "short" });
    clockMs += 2 * segmentMs;
    expect((await get(current + 1)).headers.get("x-defects")).toBe("short");
  });
  test("of a segment in another region's slow store returns the own region's copy once it arrives", async () => {
    const leaf = { event: "main", rendition: "v720", number: current - 1 };
    const publish = (pipeline: string): void =>
      void metadata.add({
        ...leaf,
        pipeline,
        token: token(),
        sha256: sha(Buffer.from("same")),
        bytes: 4,
        defects: [],
        publishedAtMs: clockMs,
      });
    let release = (): void => undefined;
    holdReads = new Promise((resolve) => {
      release = resolve;
    });
    publish("b");
    const got = get(current - 1);
    while (reads === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    holdReads = Promise.resolve();
    publish("a");
    for (const { token } of metadata.candidates(leaf).filter(({ pipeline }) => pipeline === "a"))
      chunks.set(`${token}/0`, Buffer.from("same"));
    try {
      expect((await got).headers.get("x-pipeline")).toBe("a");
    } finally {
      release();
    }
  });
  test("returns the second copy of a segment if the first cannot be read", async () => {
    await put(current - 1, Buffer.from("same"));
    chunks.clear();
    await put(current - 1, Buffer.from("same"), { "x-pipeline": "b" });
    expect((await get(current - 1)).headers.get("x-pipeline")).toBe("b");
  });
  test("of a segment in replication waits for the whole copy, and falls back to the defective one", async () => {
    const leaf = (number: number) => ({ event: "main", rendition: "v720", number });
    const announce = (number: number): void =>
      void metadata.add({
        ...leaf(number),
        pipeline: "b",
        token: token(),
        sha256: sha(Buffer.from("good")),
        bytes: 4,
        defects: [],
        publishedAtMs: clockMs,
      });
    for (const number of [current - 1, current - 2]) {
      await put(number, Buffer.from("bad"), { "x-defects": "short" });
      announce(number);
    }
    const got = get(current - 1);
    while (reads === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    for (const { token } of metadata
      .candidates(leaf(current - 1))
      .filter(({ pipeline }) => pipeline === "b"))
      chunks.set(`${token}/0`, Buffer.from("good"));
    expect(await (await got).text()).toBe("good");
    expect((await get(current - 2)).headers.get("x-defects")).toBe("short");
  });
  test("of the very next segment, by a thousand viewers, is answered at its publication", async () => {
    const waiting = Promise.all(Array.from({ length: waiters }, () => plainGet(current)));
    while (metadata.waiting < waiters) await new Promise((resolve) => setTimeout(resolve, 5));
    const readsBefore = reads;
    await put(current, Buffer.from("fresh"));
    expect((await waiting).filter((answer) => answer !== "200 fresh")).toEqual([]);
    // At most one lookup, for a request that preceded the feed, and one read of the chunk for all.
    expect(reads - readsBefore).toBeLessThanOrEqual(2);
  });
  test("reports what is early, unknown or gone, with a lifetime", async () => {
    const early = await get(current + 1);
    expect([
      early.status,
      early.headers.get("x-answer"),
      Number(early.headers.get("x-ttl-ms")),
    ]).toEqual([404, "early", publishAtMs(current + 1) - 100 - clockMs]);
    expect((await fetch(`${base}/live/other/v720/1.m4s`)).headers.get("x-answer")).toBe("unknown");
    expect((await get(current - 100)).status).toBe(410);
  });
  const storm = async (): Promise<number> => {
    // Half for one segment, half for any of the DVR window, over one second.
    for (let times = 0; times < 200; times += 1) {
      clockMs += 5;
      await plainGet(current - 100 - (times % 2) * (times % 16));
    }
    const [memory, asked] = ["memory", "store"].map((from) =>
      Number(
        new RegExp(`origin_metadata_lookups_total{from="${from}"} ([0-9]+)`).exec(
          telemetry.metrics.render(),
        )?.[1] ?? 0,
      ),
    );
    expect(reads).toBe(asked);
    return (memory ?? 0) / ((memory ?? 0) + (asked ?? 0));
  };
  test("at the far end of the window is cached until it leaves the window, and gone after that", async () => {
    await put(current - 1_790, Buffer.from("old"));
    const kept = Number((await get(current - 1_790)).headers.get("x-ttl-ms"));
    expect(kept).toBe(publishAtMs(current + 10) - clockMs);
    clockMs += kept;
    expect((await get(current - 1_790)).status).toBe(410);
  });
  test("storm for absent segments does not reach the store", async () => {
    expect(await storm()).toBeGreaterThan(0.9);
    const readsBefore = reads;
    await storm();
    expect(reads).toBe(readsBefore);
  });
  test("storm reaches the store without the memory", async () => {
    await serveWith({ metadataCache: false });
    expect(await storm()).toBeLessThan(0.1);
  });
});

describe("operators' directives", () => {
  const common = { event: "main", version: 1 };
  const mask = { kind: "mask", ...common, id: "m", renditions: null, active: true } as const;
  test("hide one pipeline's range, so that the other's is served, and keep its neighbours", async () => {
    for (const [pipeline, number] of [
      ["a", 3],
      ["b", 3],
      ["a", 4],
    ] as const)
      await put(current - number, Buffer.from(pipeline), { "x-pipeline": pipeline });
    directives.add({ ...mask, pipeline: "a", from: current - 3, to: current - 3 });
    expect(await plainGet(current - 3)).toBe("200 b");
    expect(await plainGet(current - 4)).toBe("200 a");
    directives.add({ ...mask, id: "n", pipeline: "b", from: current - 40, to: current - 3 });
    expect(await plainGet(current - 3)).toBe("404 missing\n");
    clockMs += 20_000;
    expect(await plainGet(current - 3)).toBe("410 gone\n");
    directives.add({
      ...mask,
      pipeline: "a",
      from: current - 3,
      to: current - 3,
      version: 2,
      active: false,
    });
    expect(await plainGet(current - 3)).toBe("200 a");
  });
  test("notify with their segment and all later ones, and without the defence with that one only", async () => {
    for (const number of [1, 2, 3]) await put(current - number, Buffer.from("x"));
    directives.add({
      kind: "notification",
      ...common,
      id: "notification-ad-1",
      name: "ad",
      from: current - 2,
      payload: "go",
    });
    const notified = async (number: number): Promise<readonly (string | null)[]> => {
      const { headers } = await get(number);
      return [headers.get("x-notifications-version"), headers.get("x-notifications")];
    };
    const [nothing, ad] = [
      [null, null],
      ["1", "id=ad;seq=1;payload=go"],
    ];
    expect([
      await notified(current - 3),
      await notified(current - 2),
      await notified(current - 1),
    ]).toEqual([nothing, ad, ad]);
    await serveWith({ notifications: false });
    expect([await notified(current - 2), await notified(current - 1)]).toEqual([ad, nothing]);
  });
  test("end the event: later segments are gone at once, also for held requests, and refused", async () => {
    await put(current - 1, Buffer.from("x"));
    const waiting = plainGet(current);
    while (metadata.waiting < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    directives.add({ kind: "end", ...common, id: "end", last: current - 1 });
    metadata.wakeAll();
    expect(await waiting).toBe("410 gone\n");
    expect([await plainGet(current + 100), await plainGet(current - 1)]).toEqual([
      "410 gone\n",
      "200 x",
    ]);
    expect((await put(current, Buffer.from("late"))).status).toBe(410);
  });
});

test("beyond the concurrency limit is refused for DVR before live, and never once started", async () => {
  const numbers = Array.from({ length: 100 }, (_, index) => index);
  for (const number of [...numbers.map((index) => current - 50 - index), current - 1])
    await put(number, Buffer.from("x"));
  // Every read waits, so admitted requests stay open.
  const gate = Promise.withResolvers<void>();
  holdReads = gate.promise;
  let refused = 0;
  const asked = Promise.all(
    numbers.map((index) =>
      plainGet(current - 50 - index).then((answer) => {
        if (answer === "503 shed\n") refused += 1;
        return answer;
      }),
    ),
  );
  // Refusals are answered before any read ends, however busy the machine is.
  while (reads + refused < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  const live = plainGet(current - 1);
  while (reads < 71) await new Promise((resolve) => setTimeout(resolve, 5));
  gate.resolve();
  const answers = await asked;
  expect([
    answers.filter((answer) => answer === "200 x").length,
    answers.filter((answer) => answer === "503 shed\n").length,
  ]).toEqual([70, 30]);
  expect(await live).toBe("200 x");
});

test("refuses DVR with a lifetime when the store is slow, and serves live", async () => {
  await put(current - 1, Buffer.from("live"));
  await put(current - 50, Buffer.from("dvr"));
  for (let times = 0; times < 100; times += 1) storeLoad.record(400, clockMs);
  const refused = await get(current - 50);
  expect([refused.status, refused.headers.get("cache-control")]).toEqual([503, "max-age=5"]);
  expect((await get(current - 1)).status).toBe(200);
});
