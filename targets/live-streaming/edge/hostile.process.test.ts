/**
 * Hostile bytes through a real Varnish to a real node:http server with the origin's limits. Checks
 * the viewer's status, the requests that reach the origin, and that neither connection (viewer to
 * edge, edge to origin) is poisoned.
 */
import "../tools/recipes.ts";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { provision } from "../../../harness/provision/provision.ts";
import { listen } from "../service/server.ts";
import { segmentInProduction } from "../stream/template.ts";
import {
  Bench,
  controlToken,
  get,
  settingsFor,
  upstream,
} from "../../../test/support/live-streaming/edge-bench.ts";

const { varnish } = await provision(["varnish"], { env: process.env });
const bench = new Bench(varnish);

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly names: readonly string[];
}
const asked: Asked[] = [];
const errors: unknown[] = [];
const origin = await listen(
  { host: "127.0.0.1", port: 0 },
  (request, response) => {
    const url = request.url ?? "";
    if (url === "/health/ready") return void response.end();
    asked.push({ method: request.method ?? "", url, names: Object.keys(request.headers) });
    response.writeHead(200, { "x-ttl-ms": "60000", "content-length": url.length }).end(url);
  },
  (error) => errors.push(error),
);
const edge = await bench.node(
  settingsFor({
    origins: [upstream("region-a", "region-a", (origin.server.address() as AddressInfo).port)],
  }),
);
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  origin.server.closeAllConnections();
  await origin.drain();
});

const newest = segmentInProduction(Date.now());
let used = 0;
/** A segment that no test has requested yet. */
const fresh = (): string => {
  used += 1;
  return `/live/main/v720/${newest - 10 - used}.m4s`;
};
const smuggled = "/live/main/audio/7.m4s";
const smuggledRequest = `GET ${smuggled} HTTP/1.1\r\nHost: e\r\n\r\n`;

/** Returns all bytes received on one connection until it closes, `until` appears, or 1 s passes. */
async function exchange(
  bytes: string,
  until?: string,
): Promise<{
  readonly text: string;
  readonly statuses: readonly number[];
  readonly closed: boolean;
}> {
  const socket = connect(edge.port, "127.0.0.1");
  let text = "";
  let closed = false;
  socket.on("data", (data: Buffer) => (text += data.toString("latin1")));
  socket.on("error", () => (closed = true));
  socket.on("close", () => (closed = true));
  socket.write(bytes, "latin1");
  for (
    const endMs = performance.now() + 1_000;
    !closed && performance.now() < endMs && (until === undefined || !text.includes(until));
  )
    await sleep(5);
  socket.destroy();
  return {
    text,
    statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1])),
    closed,
  };
}

/** No answer: Varnish closes the connection for a request that exceeds its buffers. */
const hungUp = 0;

const head = (...lines: readonly string[]): string =>
  `${["Host: e", ...lines].join("\r\n")}\r\n\r\n`;
const segmentGet =
  (...lines: readonly string[]) =>
  (path: string): string =>
    `GET ${path} HTTP/1.1\r\n${head(...lines)}`;

/**
 * The bytes of a request for an unrequested path, its expected status, and whether the path may
 * reach the origin.
 */
const refused: readonly (readonly [
  title: string,
  bytes: (path: string) => string,
  statuses: readonly number[],
])[] = [
  [
    "length and chunks",
    (path) => {
      const get = segmentGet("Content-Length: 5", "Transfer-Encoding: chunked")(path);
      return `${get}0\r\n\r\n${smuggledRequest}`;
    },
    [400],
  ],
  [
    "length and chunks, the other way round",
    (path) =>
      segmentGet("Transfer-Encoding: chunked", `Content-Length: ${smuggledRequest.length}`)(path) +
      smuggledRequest,
    [400],
  ],
  [
    "two lengths",
    (path) =>
      segmentGet("Content-Length: 0", `Content-Length: ${smuggledRequest.length}`)(path) +
      smuggledRequest,
    [400],
  ],
  [
    "the same length twice",
    (path) => `${segmentGet("Content-Length: 3", "Content-Length: 3")(path)}abc`,
    [400],
  ],
  ["a list of lengths", (path) => `${segmentGet("Content-Length: 3, 3")(path)}abc`, [400]],
  ["a signed length", (path) => `${segmentGet("Content-Length: +3")(path)}abc`, [400]],
  ["a negative length", (path) => segmentGet("Content-Length: -1")(path), [400]],
  [
    "a length beyond all numbers",
    (path) => segmentGet("Content-Length: 99999999999999999999999")(path),
    [400],
  ],
  ["a length in hexadecimal", (path) => `${segmentGet("Content-Length: 0x3")(path)}abc`, [400]],
  [
    "a body",
    (path) => segmentGet(`Content-Length: ${smuggledRequest.length}`)(path) + smuggledRequest,
    [400],
  ],
  [
    "a body that is promised and expected to be welcome",
    (path) => segmentGet("Content-Length: 5", "Expect: 100-continue")(path),
    [400, 417],
  ],
  [
    "chunks",
    (path) => `${segmentGet("Transfer-Encoding: chunked")(path)}3\r\nabc\r\n0\r\n\r\n`,
    [400],
  ],
  [
    "chunks of no size",
    (path) => `${segmentGet("Transfer-Encoding: chunked")(path)}zz\r\n${smuggledRequest}`,
    [400],
  ],
  [
    "chunks under another name",
    (path) => `${segmentGet("Transfer-Encoding: xchunked")(path)}0\r\n\r\n${smuggledRequest}`,
    [400],
  ],
  [
    "chunks twice",
    (path) => {
      const codings = ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"];
      return `${segmentGet(...codings)(path)}0\r\n\r\n${smuggledRequest}`;
    },
    [400],
  ],
  [
    "a space before the colon",
    (path) => `${segmentGet("Transfer-Encoding : chunked")(path)}0\r\n\r\n${smuggledRequest}`,
    [400],
  ],
  ["a header without a name", (path) => segmentGet(": x")(path), [400]],
  ["a zero byte in a header", (path) => segmentGet("X-A: a\0b")(path), [400]],
  ["two hosts", (path) => segmentGet("Host: other")(path), [400]],
  ["no host", (path) => `GET ${path} HTTP/1.1\r\n\r\n`, [400]],
  [
    "a hundred headers",
    (path) => segmentGet(...Array.from({ length: 100 }, (_, index) => `X-${index}: x`))(path),
    [400, 431],
  ],
  [
    "a header of 6 000 characters",
    (path) => segmentGet(`X-A: ${"a".repeat(6_000)}`)(path),
    [400, 431],
  ],
  [
    "a query of 20 000 characters",
    (path) => segmentGet()(`${path}?${"q".repeat(20_000)}`),
    [400, 414, 431, hungUp],
  ],
  ["a version of its own", (path) => `GET ${path} HTTP/9.9\r\n${head()}`, [400, 505]],
  ["the beginning of HTTP/2", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 405, hungUp]],
  ["a path upwards", () => segmentGet()("/live/main/v720/../../../health/ready"), [404]],
  [
    "a path upwards, escaped",
    () => segmentGet()("/live/main/v720/%2e%2e%2f%2e%2e%2fetc%2fpasswd"),
    [404],
  ],
  ["two slashes", (path) => segmentGet()(`/${path}`), [404]],
  ["a line end in the path", (path) => segmentGet()(`${path}%0d%0aX-Injected:%201`), [404]],
  ["a fragment", (path) => segmentGet()(`${path}#x.m4s`), [400, 404]],
  ["a path that exists nowhere", () => segmentGet()("/admin"), [404]],
  ["a check of something else", () => segmentGet()("/check/a/../../metrics"), [404]],
  ...["PUT", "POST", "DELETE", "PATCH", "TRACE", "PURGE", "CONNECT"].map(
    (method) =>
      [
        method,
        (path: string) =>
          `${method} ${path} ` +
          `HTTP/1.1\r\n${head(`Content-Length: ${smuggledRequest.length}`)}${smuggledRequest}`,
        [400, 405],
      ] as const,
  ),
  ...["PUT", "POST", "DELETE", "PATCH", "TRACE", "PURGE"].map(
    (method) =>
      [
        `${method} without a body`,
        (path: string) => `${method} ${path} HTTP/1.1\r\n${head()}`,
        [405],
      ] as const,
  ),
  [
    "PUT in chunks",
    (path) =>
      `PUT ${path} HTTP/1.1\r\n${head("Transfer-Encoding: chunked")}` +
      `${smuggledRequest.length.toString(16)}\r\n${smuggledRequest}\r\n0\r\n\r\n`,
    [405],
  ],
  [
    "BAN without a token",
    () => `BAN /invalidate HTTP/1.1\r\n${head("X-Ban-Pattern: ^/live/.{1,9}$")}`,
    [401],
  ],
  [
    "BAN with a body",
    () => {
      const authorization = `Authorization: Bearer ${controlToken}`;
      const headers = head(authorization, `Content-Length: ${smuggledRequest.length}`);
      return `BAN /invalidate HTTP/1.1\r\n${headers}${smuggledRequest}`;
    },
    [400],
  ],
];

describe("is refused, does not reach the origin and smuggles no other request", () => {
  test.each(refused)("%s", async (_, bytes, statuses) => {
    const [path, following] = [fresh(), fresh()];
    const from = asked.length;
    const {
      text,
      statuses: got,
      closed,
    } = await exchange(
      bytes(path) + segmentGet("Connection: close")(following),
      `\r\n\r\n${following}`,
    );
    expect(statuses).toContain(got[0] ?? (closed ? hungUp : "silence"));
    const reached = asked.slice(from).map(({ url }) => url);
    // The following request is answered correctly, or the connection is closed before it.
    expect(reached.filter((url) => url !== following)).toEqual([]);
    expect(got.slice(1)).toEqual(reached.length === 0 ? [] : [200]);
    expect(text).not.toContain(smuggled);
    const clean = fresh();
    expect(await (await fetch(edge.base + clean)).text()).toBe(clean);
  });
});

describe("is harmless: the next request on the connection gets its own answer", () => {
  const served: readonly (readonly [title: string, bytes: (path: string) => string])[] = [
    [
      "an absolute address, whatever its host",
      (path) => `GET http://elsewhere.example${path} HTTP/1.1\r\n${head()}`,
    ],
    ["a query of 8 000 characters", (path) => segmentGet()(`${path}?${"q".repeat(8_000)}`)],
    ["a folded header", (path) => segmentGet("X-A: a\r\n b")(path)],
    [
      "words of the edge's own",
      (path) =>
        segmentGet(
          "X-Tried: ,region-a,",
          "X-Skip: region-a",
          "X-Lane: dvr",
          "X-Owner: 1",
          "X-Site: nowhere",
          "X-Ttl-Ms: 1",
          "X-Number: 3",
          "X-Wait: 1",
        )(path),
    ],
    ["an empty body", (path) => segmentGet("Content-Length: 0")(path)],
    ["credentials", (path) => segmentGet("Cookie: a=b", "Authorization: Bearer x")(path)],
  ];
  test.each(served)("%s", async (_, bytes) => {
    const [path, following] = [fresh(), fresh()];
    const from = asked.length;
    const { text, statuses } = await exchange(
      bytes(path) + segmentGet("Connection: close")(following),
      `\r\n\r\n${following}`,
    );
    expect(statuses).toEqual([200, 200]);
    expect(text.indexOf(`\r\n\r\n${path}`)).toBeGreaterThan(0);
    expect(text).toContain(`\r\n\r\n${following}`);
    expect(asked.slice(from).map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${path}`,
      `GET ${following}`,
    ]);
    for (const name of ["cookie", "authorization", "x-skip", "content-length", "transfer-encoding"])
      expect(asked[from]?.names).not.toContain(name);
  });
});

test("ignores query and host in the cache key, and serves ranges itself", async () => {
  const path = fresh();
  const from = asked.length;
  const range = (value: string): Promise<Response> =>
    fetch(edge.base + path, { headers: { range: value } });
  expect((await range("bytes=0-3")).status).toBe(206);
  expect(await (await range("bytes=1-4")).text()).toBe(path.slice(1, 5));
  expect((await range("bytes=100000-")).status).toBe(416);
  expect([200, 206, 416]).toContain((await range("bytes=0-1,2-3,4-5,0-1,2-3")).status);
  for (const odd of ["bytes=-", "bytes=5-1", "lines=1-2", `bytes=0-${"9".repeat(40)}`])
    expect([200, 206, 416], odd).toContain((await range(odd)).status);
  for (let index = 0; index < 20; index += 1)
    expect(
      (await get(`${edge.base}${path}?${index}`, { headers: { host: `h${index}` } })).cache,
    ).toBe("hit");
  expect(asked.slice(from).map(({ url }) => url)).toEqual([path]);
  expect(asked.slice(from)[0]?.names).not.toContain("range");
});

test("leaves origin and edge running through all hostile requests", () => {
  expect(errors).toEqual([]);
  expect(asked.some(({ url }) => url === smuggled)).toBe(false);
  expect(asked.every(({ method }) => method === "GET")).toBe(true);
  expect(edge.child.exitCode).toBeNull();
});
