/** The gateway's answers over real HTTP, with cheap key derivation and edges that can be lost. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type GatewayHere,
  gatewayHere,
  lose,
  type StubEdge,
  stubEdge,
} from "../../../test/support/live-streaming/gateway-here.ts";

let edges: StubEdge[] = [];
let here: GatewayHere;
beforeAll(async () => {
  edges = [await stubEdge(), await stubEdge()];
  here = await gatewayHere(
    edges.map(({ port }) => port),
    [],
    { connectedMax: 3, eventsQueueMax: 100 },
  );
});
afterAll(async () => {
  await here[Symbol.asyncDispose]();
  await Promise.all(edges.map(lose));
});

interface Started {
  readonly token: string;
  readonly edge: string;
  readonly manifestUrl: string;
  readonly bitsPerSecond: number;
  readonly backoff?: { maxRetries: number };
}
const start = (
  body: object | string = { device: "tv-1" },
  kind = "play",
  base = here.base,
): Promise<Response> =>
  fetch(`${base}/sessions`, {
    method: "POST",
    headers: { "x-request-kind": kind },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const started = async (...given: Parameters<typeof start>): Promise<Started> =>
  (await (await start(...given)).json()) as Started;
const current = (token: string, method = "GET", base = here.base): Promise<Response> =>
  fetch(`${base}/sessions/current`, { method, headers: { authorization: `Bearer ${token}` } });
const post = (path: string, body: unknown, token = "control"): Promise<Response> =>
  fetch(here.control + path, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
const sendEvents = (events: unknown, kind = "telemetry"): Promise<Response> =>
  fetch(`${here.base}/events`, {
    method: "POST",
    headers: { "x-request-kind": kind },
    body: JSON.stringify({ events }),
  });

describe("a session", () => {
  test("starts on the region's own edge, within the device's limit, with guidance by kind", async () => {
    const play = await started({ device: "tv-1" });
    expect(play).toMatchObject({
      edge: "region-a/edge",
      manifestUrl: `http://127.0.0.1:${edges[0]?.port}/live/main/manifest.mpd`,
      bitsPerSecond: 1_596_000,
    });
    expect((await started({ device: "phone", bitsPerSecondMax: 1_000_000 })).bitsPerSecond).toBe(
      596_000,
    );
    const prefetch = await started({ device: "tv-1" }, "prefetch");
    expect(play.backoff?.maxRetries).toBeGreaterThan(prefetch.backoff?.maxRetries ?? Infinity);
  });
  test("is identified by its token, and ends", async () => {
    const { token, edge } = await started();
    expect(await (await current(token)).json()).toMatchObject({ edge });
    expect((await current(token, "DELETE")).status).toBe(200);
    for (const wrong of [`${token}x`, "nonsense", ""])
      expect((await current(wrong)).status).toBe(401);
  });
  test("gives no guidance when that is switched off", async () => {
    await using silent = await gatewayHere([1], ["backoffGuidance"], {
      edges: [
        {
          name: "e",
          region: "region-a",
          poll: { host: "127.0.0.1", port: 1 },
          url: "http://e",
          capacityBitsPerSecond: 1,
        },
      ],
    });
    expect((await started({ device: "d" }, "play", silent.base)).backoff).toBeUndefined();
    const full = await start({ device: "d" }, "play", silent.base);
    expect([full.status, full.headers.get("retry-after")]).toEqual([503, null]);
  });
});

test("occupies its signer for the least time, however fast the processor is", async () => {
  await using slow = await gatewayHere([1], [], { startMsMin: 30 });
  const beganMs = performance.now();
  const statuses = await Promise.all(
    [1, 2, 3].map(async () => (await start({ device: "tv-1" }, "play", slow.base)).status),
  );
  expect(statuses).toEqual([201, 201, 201]);
  // A timer may fire up to 1 ms early.
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(3 * 29);
});

test("reads requests serially, refused ones too, and starts no session for a departed device", async () => {
  await using slow = await gatewayHere([1], [], { requestMsMin: 40 });
  const beganMs = performance.now();
  const leaving = new AbortController();
  const wrong = [1, 2].map(async () => (await start("{", "play", slow.base)).status);
  const gone = fetch(`${slow.base}/sessions`, {
    method: "POST",
    headers: { "x-request-kind": "play" },
    body: '{"device":"tv-1"}',
    signal: leaving.signal,
  }).catch(() => "left");
  setTimeout(() => leaving.abort(), 60);
  expect(await Promise.all(wrong)).toEqual([400, 400]);
  expect(performance.now() - beganMs).toBeGreaterThanOrEqual(2 * 39);
  expect(await gone).toBe("left");
  const counted = async (): Promise<string> => await (await fetch(`${slow.base}/metrics`)).text();
  await expect.poll(counted).toMatch(/gateway_requests_total\{[^}]*outcome="aborted"[^}]*\} 1/);
  expect(await counted()).not.toMatch(/outcome="served"/);
});

test("answers with guidance when no edge has room", async () => {
  for (const edge of ["region-a/edge", "region-b/edge"])
    expect((await post("/capacity", { edge, bitsPerSecond: 0 })).status).toBe(200);
  const response = await start();
  expect([response.status, response.headers.get("x-answer")]).toEqual([503, "full"]);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  for (const edge of ["region-a/edge", "region-b/edge"])
    await post("/capacity", { edge, bitsPerSecond: 100e9 });
});

describe("hostile input", () => {
  test.each([
    ["{", 400],
    ["", 400],
    ["[]", 422],
    ['{"device":"../x"}', 422],
    ['{"device":"a","__proto__":{"admin":true}}', 422],
    ['{"device":"a","bitsPerSecondMax":1e999}', 422],
    ['{"device":"a","bitsPerSecondMax":-1}', 422],
    ['{"device":"a","constructor":1}', 422],
    [`{"device":"${"a".repeat(3_000)}"}`, 413],
  ])("%j starts no session: %i", async (body, status) => {
    expect((await start(body)).status).toBe(status);
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
  });
  test.each([
    [[{ kind: "x", atMs: Number.MAX_VALUE }]],
    [[{ kind: "x", atMs: 1, detail: { a: { b: 1 } } }]],
    [[]],
    [Array(501).fill({ kind: "x", atMs: 1 })],
    [[{ kind: "x", atMs: 1, detail: JSON.parse('{"__proto__":"x"}') }]],
    [[{ kind: "x\ny", atMs: 1 }]],
  ])("refuses malformed events: %#", async (events) => {
    const before = await (await fetch(`${here.base}/ingest`)).json();
    expect((await sendEvents(events)).status).toBe(422);
    expect(await (await fetch(`${here.base}/ingest`)).json()).toEqual(before);
  });
  test("requires its token for control, and accepts known addresses only", async () => {
    for (const token of ["", "wrong", "controll"])
      expect((await post("/broadcasts", {}, token)).status).toBe(401);
    expect((await post("/broadcasts", { key: "UPPER", timestampMs: 1 })).status).toBe(422);
    expect((await post("/capacity", { edge: "nowhere", bitsPerSecond: 1 })).status).toBe(404);
    expect((await post("/other", {})).status).toBe(404);
    expect((await fetch(`${here.base}/capacity`, { method: "POST" })).status).toBe(404);
    expect((await fetch(`${here.base}/sessions`)).status).toBe(405);
  });

  /** Writes bytes, then reads until the other end closes or an answer is complete. */
  const raw = (text: string, untilClosed = false): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(here.base).port), "127.0.0.1", () =>
        socket.write(text),
      );
      let heard = "";
      socket
        .on("data", (data) => {
          heard += data.toString();
          if (!untilClosed) socket.destroy();
        })
        .on("close", () => resolve(heard))
        .on("error", reject);
    });
  const head = "POST /sessions HTTP/1.1\r\nHost: x\r\nX-Request-Kind: play\r\n";
  test.each([
    ["a body that says it is 10 GB", `${head}Content-Length: 10000000000\r\n\r\n{`, 413],
    [
      "a chunked body that is too long",
      `${head}Transfer-Encoding: chunked\r\n\r\n1000\r\n${"x".repeat(4_096)}\r\n`,
      413,
    ],
    ["two lengths", `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    [
      "a length and chunks",
      `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ["a length that is none", `${head}Content-Length: 1e3\r\n\r\n{}`, 400],
    ["too many headers", `${head}X-Bomb: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  ])("refuses %s and closes the connection", async (_name, text, status) => {
    expect(await raw(text, true)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
  test("gives a trickling body no place", async () => {
    const dribble = connect(Number(new URL(here.base).port), "127.0.0.1", () =>
      dribble.write(`${head}Content-Length: 20\r\n\r\n{`),
    );
    expect((await start()).status).toBe(201);
    expect(await (await fetch(`${here.base}/metrics`)).text()).toContain("gateway_in_flight 0\n");
    dribble.destroy();
  });
});

describe("broadcasts", () => {
  /** The events of one channel, in order of arrival. */
  async function* channel(
    headers: Record<string, string> = {},
  ): AsyncGenerator<{ id: string | undefined; event: string; data: Record<string, unknown> }> {
    const response = await fetch(`${here.base}/broadcasts`, { headers });
    if (response.status !== 200 || response.body === null)
      throw new Error(`status ${response.status}`);
    let text = "";
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
      text += part;
      for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
        const lines = new Map(
          text
            .slice(0, end)
            .split("\n")
            .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
        );
        text = text.slice(end + 2);
        if (lines.has("data"))
          yield {
            id: lines.get("id"),
            event: lines.get("event") ?? "",
            data: JSON.parse(lines.get("data") ?? "") as Record<string, unknown>,
          };
      }
    }
  }

  test("reach a channel, resume by id, can be polled, and announce a session's new edge", async () => {
    const { token } = await started();
    const own = channel({ authorization: `Bearer ${token}` });
    const first = own.next();
    expect(
      (
        await post("/broadcasts", {
          key: "ad-break",
          timestampMs: 5,
          actAtMs: 1_000,
          spreadMs: 10_000,
          data: { length: 30 },
        })
      ).status,
    ).toBe(202);
    expect((await post("/broadcasts", { key: "ad-break", timestampMs: 5 })).status).toBe(200);
    const heard = (await first).value;
    expect(heard).toMatchObject({
      event: "notice",
      data: { key: "ad-break", timestampMs: 5, data: { length: 30 } },
    });
    expect(heard?.data["actAtMs"]).toBeGreaterThanOrEqual(1_000);

    const board = await fetch(`${here.control}/broadcasts`, {
      headers: { authorization: "Bearer control" },
    });
    expect(await board.json()).toEqual({
      notices: [
        {
          key: "ad-break",
          timestampMs: 5,
          actAtMs: 1_000,
          spreadMs: 10_000,
          data: { length: 30 },
          seq: 1,
        },
      ],
    });

    await post("/broadcasts", { key: "end", timestampMs: 6 });
    const again = channel({ "last-event-id": heard?.id ?? "", "x-device": "other" });
    expect((await again.next()).value).toMatchObject({ data: { key: "end" } });
    expect(await (await fetch(`${here.base}/broadcasts/latest`)).json()).toMatchObject({
      notices: [{ key: "ad-break" }, { key: "end" }],
    });

    expect((await own.next()).value).toMatchObject({ data: { key: "end" } });
    await post("/capacity", { edge: "region-a/edge", bitsPerSecond: 0 });
    expect((await own.next()).value).toMatchObject({
      event: "edge",
      data: { edge: "region-b/edge" },
    });
    expect(await (await current(token)).json()).toMatchObject({ edge: "region-b/edge" });
    await post("/capacity", { edge: "region-a/edge", bitsPerSecond: 100e9 });

    const third = channel({ "x-device": "third" });
    await third.next();
    expect((await fetch(`${here.base}/broadcasts`)).status).toBe(503);
    expect(
      (await fetch(`${here.base}/broadcasts`, { headers: { authorization: "Bearer forged" } }))
        .status,
    ).toBe(401);
    for (const each of [own, again, third]) await each.return(undefined);
  });
});

test("counts and stores events, leaves room for ads, and keeps its counters consistent", async () => {
  const event = { kind: "ad.impression", atMs: 1_700_000_000_000, detail: { slot: 1 } };
  const total = { accepted: 0, shed: 0 };
  const sent = async (count: number, kind?: string): Promise<unknown[]> => {
    const response = await sendEvents(Array(count).fill(event), kind);
    const answer = (await response.json()) as Partial<typeof total>;
    const { accepted = 0, shed = 0 } = answer;
    total.accepted += accepted;
    total.shed += shed;
    return [response.status, response.headers.get("x-answer"), accepted, shed];
  };
  // The batch is written after 100 ms: a busy machine may make room between these requests.
  const full = [202, null, 90, 10, 202, null, 30, 10, 503, "shed", 0, 0];
  let seen: unknown[] = [];
  for (let tries = 0; tries < 20 && seen.join() !== full.join(); tries++) {
    await expect
      .poll(async () => (await (await fetch(`${here.base}/ingest`)).json()) as object)
      .toMatchObject({ queued: 0 });
    seen = [...(await sent(90)), ...(await sent(30, "ad")), ...(await sent(1))];
  }
  expect(seen).toEqual(full);
  await expect
    .poll(async () => await (await fetch(`${here.base}/ingest`)).json())
    .toEqual({ ...total, stored: total.accepted - total.shed, queued: 0 });
  const { length } = readFileSync(here.eventsFile, "utf8").trim().split("\n");
  expect(length).toBe(total.accepted - total.shed);
  expect(await (await fetch(`${here.base}/metrics`)).text()).toMatch(
    new RegExp(`^gateway_events_stored_total ${length}$`, "m"),
  );
});
