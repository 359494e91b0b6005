/**
 * A real publish origin and a real read origin on a real Cassandra: what they refuse, what they
 * keep, and what survives them.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import cassandra from "cassandra-driver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holderOf } from "../../../harness/system/network.ts";
import { segmentInProduction } from "../stream/template.ts";
import { raw, type RawAnswer } from "../../../test/support/live-streaming/raw-bytes.ts";
import {
  controlToken,
  freeEndpoint,
  main,
  putHeaders,
  startStack,
  type Stack,
  url,
} from "../../../test/support/live-streaming/origin-stack.ts";

let stack: Stack;
let edge: Server;
const bans: string[] = [];
beforeAll(async () => {
  const at = await freeEndpoint();
  edge = createServer((socket) =>
    socket
      .on("error", () => undefined)
      .on("data", (data) => {
        bans.push(data.toString());
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      }),
  ).listen(at.port, at.host);
  stack = await startStack({
    edgeTiers: [
      [{ name: "region-a/edge", at }],
      [{ name: "region-b/edge", at: await freeEndpoint() }],
    ],
  });
});
afterAll(async () => {
  edge?.close();
  await stack?.[Symbol.asyncDispose]();
});

const now = (): number => segmentInProduction(Date.now());
const path = (number: number, rendition = "v720"): string =>
  `/live/main/${rendition}/${number}.m4s`;
const put = (number: number, text: string, pipeline = "a"): Promise<Response> =>
  fetch(url(stack.at.publish, path(number)), {
    method: "PUT",
    body: text,
    headers: putHeaders(Buffer.from(text), pipeline),
  });
const get = async (number: number): Promise<{ status: number; text: string; headers: Headers }> => {
  const response = await fetch(url(stack.at.read, path(number)));
  return { status: response.status, text: await response.text(), headers: response.headers };
};
const order = (what: string, body: unknown, method = "POST"): Promise<Response> =>
  fetch(url(stack.at.publishControl, what), {
    method,
    headers: { authorization: `Bearer ${controlToken}` },
    ...(method === "POST" ? { body: typeof body === "string" ? body : JSON.stringify(body) } : {}),
  });
const metric = async (at: Stack["at"]["read"], line: string): Promise<number> => {
  const text = await (await fetch(url(at, "/metrics"))).text();
  return Number(
    text
      .split("\n")
      .find((each) => each.startsWith(`${line} `))
      ?.slice(line.length + 1) ?? 0,
  );
};

async function rows(): Promise<Record<string, number>> {
  const client = new cassandra.Client({
    contactPoints: [`${stack.cql.host}:${stack.cql.port}`],
    localDataCenter: "region-a",
  });
  try {
    const count = async (table: string): Promise<number> =>
      Number(
        (await client.execute(`SELECT count(*) AS rows FROM live.${table}`)).first()?.["rows"],
      );
    return {
      publication: await count("publication"),
      chunk: await count("chunk"),
      directive: await count("directive"),
    };
  } finally {
    await client.shutdown();
  }
}

describe("hostile input", () => {
  const head = (line: string, headers: readonly string[] = []): string =>
    `${[`${line} HTTP/1.1`, "Host: origin", ...headers].join("\r\n")}\r\n\r\n`;
  const valid = (length: string, extra: readonly string[] = []): string =>
    head(`PUT ${path(now() - 1)}`, [
      ...Object.entries(putHeaders(Buffer.from("x"))).map(([name, value]) => `${name}: ${value}`),
      `Content-Length: ${length}`,
      ...extra,
    ]);
  const withHeader = (name: string, value: string): string =>
    valid("1").replace(new RegExp(`^${name}: .*$`, "m"), `${name}: ${value}`);
  const anyPort: readonly (readonly [string, string, number])[] = [
    ["two lengths", head("GET /x", ["Content-Length: 1", "Content-Length: 2"]), 400],
    [
      "a length and chunks",
      head("GET /x", ["Content-Length: 3", "Transfer-Encoding: chunked"]),
      400,
    ],
    ["an unknown transfer coding", head("POST /x", ["Transfer-Encoding: xchunked"]), 400],
    ["a space before the colon", head("GET /x", ["Transfer-Encoding : chunked"]), 400],
    ["a bare line feed", "GET /x HTTP/1.1\nHost: origin\nContent-Length: 0\n\n", 400],
    ["a length that is not a number", head("GET /x", ["Content-Length: NaN"]), 400],
    ["a length below zero", head("GET /x", ["Content-Length: -1"]), 400],
    ["a length with an exponent", head("GET /x", ["Content-Length: 1e9"]), 400],
    ["a length beyond all numbers", head("GET /x", [`Content-Length: ${"9".repeat(30)}`]), 400],
    ["a control character in the path", head("GET /live/\u0000"), 400],
    ["one header of 64 KiB", head("GET /x", [`X-Bomb: ${"x".repeat(65_536)}`]), 431],
    [
      "ten thousand headers",
      head(
        "GET /x",
        Array.from({ length: 10_000 }, (_, index) => `X-${index}: x`),
      ),
      431,
    ],
    ["an address of 64 KiB", head(`GET /${"x".repeat(65_536)}`), 431],
    ["no HTTP at all", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000", 400],
  ];
  const publishing: readonly (readonly [string, () => string, number])[] = [
    [
      "a way out of the tree",
      () => head("PUT /live/main/v720/../../../etc/passwd", ["Content-Length: 1"]),
      404,
    ],
    [
      "a coded way out",
      () => head("PUT /live/main/%2e%2e%2fv720/1.m4s", ["Content-Length: 1"]),
      404,
    ],
    [
      "another spelling of the number",
      () => head(`PUT /live/main/v720/0${now()}.m4s`, ["Content-Length: 1"]),
      404,
    ],
    [
      "a number that is none",
      () => head("PUT /live/main/v720/NaN.m4s", ["Content-Length: 1"]),
      404,
    ],
    ["an endless number", () => head("PUT /live/main/v720/1e999.m4s", ["Content-Length: 1"]), 404],
    [
      "an absolute address",
      () => head("PUT http://elsewhere/live/main/v720/1.m4s", ["Content-Length: 1"]),
      404,
    ],
    [
      "a number far ahead",
      () => head("PUT /live/main/v720/99999999999.m4s", ["Content-Length: 1"]),
      400,
    ],
    ["another region's pipeline", () => withHeader("x-pipeline", "c"), 403],
    ["two pipelines", () => valid("1", ["x-pipeline: b"]), 403],
    ["a token of no time", () => withHeader("x-token", `Infinity-${"0".repeat(32)}`), 400],
    [
      "a token from the future",
      () => withHeader("x-token", `9999999999999-${"0".repeat(32)}`),
      400,
    ],
    ["ten gigabytes promised", () => valid("10737418240"), 413],
    ["ten gigabytes announced", () => valid("10737418240", ["Expect: 100-continue"]), 413],
    ["nothing", () => valid("0"), 400],
    ["another method", () => head("DELETE /live/main/v720/1.m4s", ["Content-Length: 1"]), 405],
    ["a GET where one publishes", () => head(`GET ${path(1)}`, ["Content-Length: 1"]), 405],
  ];

  test.each(["publish", "publishControl", "feed", "read", "readControl"] as const)(
    "is refused at once by the port %s, which continues to serve",
    async (port) => {
      const at = stack.at[port];
      const answers = await Promise.all(
        anyPort.map(async ([what, bytes, status]) => ({
          what,
          status,
          answer: await raw(at, [bytes]),
        })),
      );
      // An invalid transfer coding shows only after the head, which is then refused first. The
      // connection closes in every case.
      const right = (status: number, { statuses, closed }: RawAnswer): boolean =>
        closed &&
        statuses.length === 1 &&
        (statuses[0] === status || (status === 400 && [401, 404, 405].includes(statuses[0] ?? 0)));
      expect(answers.filter(({ status, answer }) => !right(status, answer))).toEqual([]);
    },
  );

  test("is refused by the publish origin with the right status", async () => {
    const answers = await Promise.all(
      publishing.map(async ([what, bytes, status]) => ({
        what,
        status,
        answer: await raw(stack.at.publish, [bytes(), "x"]),
      })),
    );
    expect(
      answers
        .filter(({ status, answer }) => answer.statuses[0] !== status)
        .map(({ what, answer }) => [what, answer.statuses]),
    ).toEqual([]);
  });

  test("is refused in time if it is endless, slow, short or long", async () => {
    const drip = function* (first: string): Generator<string> {
      yield first;
      for (;;) yield "x";
    };
    const chunked = valid("1").replace("Content-Length: 1", "Transfer-Encoding: chunked");
    const [endless, slow, slowHead, cut, smuggled]: readonly RawAnswer[] = await Promise.all([
      raw(stack.at.publish, [chunked, ...Array.from({ length: 50 }, () => "1\r\nx\r\n")], {
        pauseMs: 20,
      }),
      raw(stack.at.publish, drip(valid("1000")), { pauseMs: 100 }),
      raw(stack.at.publish, drip("PUT /live/main"), { pauseMs: 200, waitMs: 9_000 }),
      raw(stack.at.publish, [valid("1000"), "x"], { waitMs: 3_000 }),
      // Bytes after the declared length belong neither to the body nor to another request.
      raw(
        stack.at.publish,
        [`${valid("1").replace(/^x-sha256: .*$/m, `x-sha256: ${"0".repeat(64)}`)}xGARBAGE\r\n\r\n`],
        { answers: 2 },
      ),
    ]);
    expect([endless, slow, slowHead, cut].map((answer) => answer?.statuses[0])).toEqual([
      411, 408, 408, 408,
    ]);
    expect([smuggled?.statuses.at(-1), smuggled?.statuses.includes(200), smuggled?.closed]).toEqual(
      [400, false, true],
    );
  });

  test("costs bounded memory, for 10 GB or for a hundred endless bodies at once", async () => {
    const before = stack.publish.rssMiB();
    const block = Buffer.alloc(1024 * 1024, 7);
    const flood = function* (first: string, blocks: number): Generator<string | Buffer> {
      yield first;
      for (let sent = 0; sent < blocks; sent += 1) yield block;
    };
    const huge = await raw(stack.at.publish, flood(valid("10737418240"), 10 * 1024));
    expect(huge.sentBytes).toBeLessThan(32 * 1024 * 1024);
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, stack.publish.rssMiB());
    }, 20);
    const bodies = await Promise.all(
      Array.from({ length: 100 }, () =>
        raw(stack.at.publish, flood(valid(String(8 * 1024 * 1024)), 7), { waitMs: 10_000 }),
      ),
    );
    clearInterval(watch);
    // A body that is refused half-way may lose the answer in the reset.
    expect(
      bodies.filter(({ statuses, closed }) =>
        statuses[0] === undefined ? !closed : ![408, 503].includes(statuses[0]),
      ),
    ).toEqual([]);
    // Together 700 MiB. The origin holds 96 MiB at once, and released memory stays in the process
    // until it is collected.
    expect(most - before).toBeLessThan(350);
  });

  test("is refused at the control port: wrong tokens first, then wrong orders", async () => {
    for (const authorization of [
      "",
      "Bearer",
      `Bearer ${controlToken.slice(0, -1)}`,
      `Bearer ${controlToken}x`,
      `Basic ${controlToken}`,
    ]) {
      const { status } = await fetch(url(stack.at.publishControl, "/masks"), {
        method: "POST",
        body: "{}",
        headers: { authorization },
      });
      expect([authorization, status]).toEqual([authorization, 401]);
    }
    const mask = { pipeline: "a", from: 1, to: 2 };
    const orders: readonly (readonly [string, unknown, number])[] = [
      ["/masks", '{"pipeline":"a","from":1e999,"to":2}', 400],
      ["/masks", '{"pipeline":"a","from":null,"to":2}', 400],
      ["/masks", { ...mask, from: 3 }, 400],
      ["/masks", { ...mask, from: -1 }, 400],
      ["/masks", { ...mask, from: 1.5 }, 400],
      ["/masks", { ...mask, pipeline: "z" }, 404],
      ["/masks", { ...mask, renditions: ["v9000"] }, 404],
      ["/masks", { ...mask, renditions: ["v720)|(.*"] }, 400],
      ["/masks", { ...mask, extra: 1 }, 400],
      ["/masks", "not json", 400],
      ["/masks", `"${"x".repeat(100_000)}"`, 413],
      ["/notifications", { id: "ad", from: 1, payload: "a\r\nX-Evil: 1" }, 400],
      ["/notifications", { id: "ad", from: 1, payload: "x".repeat(513) }, 400],
      ["/end", { last: "never" }, 400],
      ["/nothing", {}, 404],
    ];
    for (const [what, body, status] of orders)
      expect([what, body, (await order(what, body)).status]).toEqual([what, body, status]);
    expect((await order("/masks/mask-none", null, "DELETE")).status).toBe(404);
    const atReader = await fetch(url(stack.at.readControl, "/masks"), {
      method: "POST",
      body: JSON.stringify(mask),
      headers: { authorization: `Bearer ${controlToken}` },
    });
    expect(atReader.status).toBe(405);
  });

  test("leaves nothing behind, and the origins healthy", async () => {
    expect(await rows()).toEqual({ publication: 0, chunk: 0, directive: 0 });
    expect((await fetch(url(stack.at.publish, "/health/ready"))).status).toBe(200);
    expect(
      await metric(stack.at.publish, 'origin_requests_total{lane="publish",outcome="rejected"}'),
    ).toBeGreaterThan(20);
    expect(await metric(stack.at.read, "origin_concurrency_limit")).toBeGreaterThanOrEqual(20);
    expect((await put(now() - 1, "well")).status).toBe(200);
  });
});

test("apply a mask, a notification and the event's end at once, and keep them across restarts", async () => {
  const last = now() - 3;
  for (const [number, pipeline] of [
    [last, "a"],
    [last, "b"],
    [last - 1, "a"],
    [last - 2, "a"],
  ] as const)
    expect((await put(number, pipeline, pipeline)).status).toBe(200);
  await expect.poll(async () => (await get(last)).text).toBe("a");
  const masked = (await (
    await order("/masks", { pipeline: "a", from: last - 1, to: last })
  ).json()) as { id: string; edges: object };
  expect(masked.edges).toEqual({ confirmed: ["region-a/edge"], unconfirmed: ["region-b/edge"] });
  expect(bans.at(-1)).toContain(`x-ban-to: ${last}\r\n`);
  expect((await order("/notifications", { id: "ad", from: last, payload: "splice" })).status).toBe(
    200,
  );
  expect((await order("/end", { last })).status).toBe(200);
  const seen = async (): Promise<unknown> => ({
    masked: (await get(last)).text,
    none: (await get(last - 1)).status,
    neighbour: (await get(last - 2)).text,
    after: (await get(now() + 1)).status,
    notified: (await get(last)).headers.get("x-notifications")?.replace(/seq=[0-9]+/, "seq=N"),
    before: (await get(last - 2)).headers.get("x-notifications"),
    put: (await put(last + 1, "late")).status,
  });
  const wanted = {
    masked: "b",
    none: expect.toBeOneOf([404, 410]),
    neighbour: "a",
    after: 410,
    notified: "id=ad;seq=N;payload=splice",
    before: null,
    put: 410,
  };
  await expect.poll(seen).toEqual(wanted);

  expect(await Promise.all([stack.publish.stop(), stack.read.stop()])).toEqual([0, 0]);
  await stack.restart("publish");
  await stack.restart("read");
  expect(await seen()).toEqual(wanted);

  expect((await order(`/masks/${masked.id}`, null, "DELETE")).status).toBe(200);
  expect((await order("/end", { last: null })).status).toBe(200);
  await expect
    .poll(async () => [
      (await get(last)).text,
      (await get(last - 1)).text,
      (await get(now() + 1)).headers.get("x-answer"),
    ])
    .toEqual(["a", "a", "early"]);
});

test("expires everything published, some time after the DVR window", async () => {
  expect((await put(now() - 5, "kept")).status).toBe(200);
  const client = new cassandra.Client({
    contactPoints: [`${stack.cql.host}:${stack.cql.port}`],
    localDataCenter: "region-a",
  });
  try {
    const lives = async (query: string): Promise<number[]> =>
      (await client.execute(query)).rows.map((row) => Number(row["left"]));
    const left = [
      ...(await lives("SELECT TTL(sha256) AS left FROM live.publication")),
      ...(await lives("SELECT TTL(body) AS left FROM live.chunk")),
    ];
    expect(left.length).toBeGreaterThanOrEqual(4);
    expect(left.filter((seconds) => !(seconds > 3_600 && seconds <= 2 * 3_600))).toEqual([]);
    // Data that expires together is stored together, so whole files are dropped and no reader meets
    // a tombstone.
    const tables = await client.execute(
      "SELECT table_name, compaction FROM system_schema.tables WHERE keyspace_name = 'live'",
    );
    const strategies = tables.rows
      .filter((row) => row["table_name"] !== "directive")
      .map((row) => (row["compaction"] as Record<string, string>)["class"]);
    expect(strategies).toEqual(
      strategies.map(() => expect.stringContaining("TimeWindowCompactionStrategy")),
    );
  } finally {
    await client.shutdown();
  }
});

test.runIf(process.platform === "linux")(
  "keeps all that Cassandra unpacks in its own folder, without counters elsewhere",
  () => {
    const pid = /\(pid (\d+)\)$/.exec(holderOf(stack.cql.port) ?? "")?.[1];
    const mapped = readFileSync(`/proc/${pid}/maps`, "utf8")
      .split("\n")
      .map((line) => line.slice(line.indexOf("/")));
    const unpacked = mapped.filter((file) => /(?:snappy|lz4|jna)[^/]*\.(?:so|tmp)/.test(file));
    expect(unpacked.length).toBeGreaterThan(0);
    expect(unpacked.filter((file) => !file.startsWith(join(tmpdir(), "seawall-origin-")))).toEqual(
      [],
    );
    expect(mapped.filter((file) => file.includes("hsperfdata"))).toEqual([]);
  },
);

test("answers a storm for absent segments from memory, without further store requests", async () => {
  const ask = async (): Promise<void> => {
    await Promise.all(
      Array.from({ length: 300 }, (_, index) =>
        get(index % 2 === 0 ? now() - 400 : now() + 5 + index),
      ),
    );
  };
  await ask();
  const lookups = (from: string): Promise<number> =>
    metric(stack.at.read, `origin_metadata_lookups_total{from="${from}"}`);
  const [memoryBefore, storeBefore] = [await lookups("memory"), await lookups("store")];
  for (let times = 0; times < 3; times += 1) await ask();
  const [memory, asked] = [
    (await lookups("memory")) - memoryBefore,
    (await lookups("store")) - storeBefore,
  ];
  expect(memory).toBeGreaterThan(800);
  expect(memory / (memory + asked)).toBeGreaterThanOrEqual(0.9);
});

test("answers held requests on SIGTERM, reports draining, exits with 0, and logs JSON", async () => {
  const { read } = stack;
  const number = now();
  const held = get(number);
  await expect.poll(() => metric(stack.at.read, "origin_waiting")).toBe(1);
  const stopped = read.stop("SIGTERM");
  await sleep(50);
  await expect(fetch(url(stack.at.read, "/health/live"))).rejects.toThrow();
  expect((await held).status).toBe(404);
  const answeredMs = performance.now();
  expect(await stopped).toBe(0);
  expect(performance.now() - answeredMs).toBeLessThan(500);
  const lines = read.said
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { at: string; service: string; message: string });
  expect(lines.map(({ message }) => message)).toEqual(
    expect.arrayContaining(["listening", "store connected", "draining"]),
  );
  expect(
    lines.every(
      ({ at, service }) => !Number.isNaN(Date.parse(at)) && service === "region-a/origin-read",
    ),
  ).toBe(true);
});

test("refuses an invalid configuration and names every problem", () => {
  const directory = mkdtempSync(join(tmpdir(), "seawall-origin-"));
  const start = (text: string): { status: number | null; stderr: string } => {
    writeFileSync(join(directory, "configuration.json"), text);
    const { status, stderr } = spawnSync(
      process.execPath,
      [main, join(directory, "configuration.json")],
      { encoding: "utf8", timeout: 20_000 },
    );
    return { status, stderr };
  };
  const bad = start(
    JSON.stringify({
      role: "publish",
      region: "Region A",
      listen: { host: "localhost", port: 0 },
      defences: { holdOpen: "yes" },
    }),
  );
  expect(bad.status).toBe(78);
  for (const field of [
    "region",
    "listen.host",
    "listen.port",
    "defences.holdOpen",
    "memcached",
    "controlToken",
  ])
    expect(bad.stderr).toContain(field);
  expect(start("{").stderr).toContain("is not JSON");
  rmSync(directory, { recursive: true, force: true });
});
