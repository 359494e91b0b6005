import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Toxiproxy } from "toxiproxy-node-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LinkHandle } from "../../target/deployment.ts";
import type { Endpoint } from "../../target/layout.ts";
import type { Tool } from "../../target/tools.ts";
import { provision } from "../../provision/provision.ts";
import { freePort } from "../../system/free-port.ts";
import { tryConnect } from "../../system/network.ts";
import { ping, rateOf } from "../../system/ping.ts";
import { LinkProxy } from "./toxiproxy.ts";

const host = "127.0.0.1";
/** A server that answers each line with the same short line, however long. */
const hello = { send: "hello\n", padded: `${"x".repeat(2_000)}\n` };
const link = { from: "region-a/edge", to: "region-b/origin-read", port: "http" };

let control: Endpoint;
let echo: Server;
let upstream: Endpoint;
const children: ChildProcess[] = [];
const open: Socket[] = [];

let tool: Tool;

beforeAll(async () => {
  tool = (await provision(["toxiproxy"], { env: process.env })).toxiproxy as Tool;
  echo = createServer((socket) => {
    socket
      .on("error", () => {})
      .setNoDelay()
      .on("data", (data) => {
        const lines = data.filter((byte) => byte === 10).length;
        if (lines > 0) socket.write("hi\n".repeat(lines));
      });
  }).listen(0, host);
  await once(echo, "listening");
  upstream = { host, port: (echo.address() as AddressInfo).port };
});

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  echo?.close();
});

const made: HttpServer[] = [];
/** A new control port per test, because some names cannot be removed again. */
beforeEach(async () => {
  control = { host, port: await freePort(host) };
  children.push(
    spawn(tool.executable, [...tool.args, "-host", host, "-port", String(control.port)], {
      env: { ...tool.env, LOG_LEVEL: "error" },
      stdio: "ignore",
    }),
  );
  while ((await tryConnect(control, 500)) !== "accepted")
    await new Promise((wake) => setTimeout(wake, 20));
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
  for (const server of made.splice(0)) server.close().closeAllConnections();
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function makeLink(to: Endpoint = upstream, timeoutMs = 5_000): Promise<LinkHandle> {
  const [handle] = await new LinkProxy(control, timeoutMs).create([
    { link, listen: { host, port: await freePort(host) }, upstream: to },
  ]);
  return handle as LinkHandle;
}

async function connected(to: Endpoint): Promise<Socket> {
  const socket = connect(to);
  open.push(socket);
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

async function reply(socket: Socket): Promise<string> {
  socket.write("hello\n");
  return String((await once(socket, "data"))[0]);
}

/** A control port with the given answers. */
async function pretending(
  answer: (
    method: string,
    path: string,
    body: string,
  ) => { status?: number; json?: unknown } | null,
): Promise<Endpoint> {
  const server = createHttpServer((request, response) => {
    let body = "";
    request
      .on("data", (part) => {
        body += part;
      })
      .on("end", () => {
        const canned = answer(request.method ?? "", request.url ?? "", body);
        if (canned === null) return;
        response.statusCode = canned.status ?? 200;
        response.end(canned.json === undefined ? "" : JSON.stringify(canned.json));
      });
  });
  made.push(server);
  server.listen(0, host);
  await once(server, "listening");
  return { host, port: (server.address() as AddressInfo).port };
}

/** Creates a link, and changes the toxics on it as given. */
function fakeLinkServer(
  onToxic: (toxic: object) => object | null,
  left: object[],
): Parameters<typeof pretending>[0] {
  return (method, path, body) => {
    if (path === "/proxies") return { json: {} };
    if (path === "/populate") return { json: { proxies: JSON.parse(body) } };
    if (method === "GET") return { json: left };
    if (method === "DELETE") return { status: 204 };
    const answer = onToxic(JSON.parse(body) as object);
    return answer === null ? null : { json: answer };
  };
}

describe("the client's pitfalls", () => {
  it("has a timeout on each call, and says what may hang", async () => {
    const deaf = await pretending(() => null);
    await expect(new LinkProxy(deaf, 200).version()).rejects.toMatchObject({
      code: "PROXY_FAILED",
      message: expect.stringMatching(/no answer within 0\.2 s; it may wait/),
    });
  });

  it("keeps Toxiproxy's message when it refuses", async () => {
    await expect(
      new LinkProxy(control).create([{ link, listen: upstream, upstream }]),
    ).rejects.toMatchObject({
      code: "PROXY_FAILED",
      message: expect.stringMatching(/address already in use/),
    });
  });

  it("makes URL-safe names, which those of links are not", async () => {
    const handle = await makeLink();
    const raw = new Toxiproxy(`http://${host}:${control.port}`);
    await raw.populate([{ name: "a/b", listen: `${host}:0`, upstream: `${host}:1` }]);
    await expect(raw.get("a/b")).rejects.toThrow("404");
    await (await handle.impose({ kind: "latency", delayMs: 5, jitterMs: 0 }))();
  });

  it("refuses a reply that differs from the request", async () => {
    const lie = await pretending(
      fakeLinkServer((toxic) => ({ ...toxic, attributes: { latency: 999, jitter: 0 } }), []),
    );
    const [handle] = await new LinkProxy(lie).create([
      { link, listen: { host, port: 1 }, upstream },
    ]);
    await expect(handle?.impose({ kind: "latency", delayMs: 10, jitterMs: 0 })).rejects.toThrow(
      /latency on the link .* is not as asked: latency/,
    );
    const rarely = await pretending(fakeLinkServer((toxic) => ({ ...toxic, toxicity: 0.5 }), []));
    const [other] = await new LinkProxy(rarely).create([
      { link, listen: { host, port: 1 }, upstream },
    ]);
    await expect(other?.impose({ kind: "reset" })).rejects.toThrow(/not as asked: toxicity/);
  });

  it("verifies a removal, which the client's own list omits", async () => {
    const left: object[] = [];
    const sticky = await pretending(
      fakeLinkServer((toxic) => {
        left.push(toxic);
        return toxic;
      }, left),
    );
    const [handle] = await new LinkProxy(sticky).create([
      { link, listen: { host, port: 1 }, upstream },
    ]);
    const remove = await handle?.impose({ kind: "latency", delayMs: 10, jitterMs: 0 });
    await expect(remove?.()).rejects.toThrow(
      /is still on the link region-a\/edge>region-b\/origin-read:http/,
    );
  });
});

describe("Toxiproxy's pitfalls", () => {
  it("is refused with a dead run's links, which populate would keep in part", async () => {
    const handle = await makeLink();
    await handle.impose({ kind: "latency", delayMs: 5, jitterMs: 0 });
    await expect(makeLink()).rejects.toThrow(/not this run's own: it has 1 links already/);
  });

  it("refuses connections on a cut link, and closes existing ones", async () => {
    const handle = await makeLink();
    const socket = await connected(handle.entry);
    const closed = once(socket, "close");
    await handle.cut();
    await closed;
    expect(await ping(handle.entry, hello, 500)).toEqual({ outcome: "refused" });
    await handle.cut();
    await handle.restore();
    await handle.restore();
    expect(await ping(handle.entry, hello, 500)).toMatchObject({ outcome: "answered" });
  });

  it("reports that it hangs in a connection to a service that accepts none", async () => {
    const stuck = spawn(
      process.execPath,
      [
        "-e",
        `require("net")
          .createServer(() => {})
          .listen({ port: 0, host: "${host}", backlog: 1 }, function () {
            console.log(this.address().port);
          });`,
      ],
      { stdio: ["ignore", "pipe", "ignore"] },
    );
    children.push(stuck);
    const to = {
      host,
      port: Number(
        String((await once(stuck.stdout as NonNullable<typeof stuck.stdout>, "data"))[0]),
      ),
    };
    const handle = await makeLink(to, 400);
    stuck.kill("SIGSTOP");
    // Its queue is full after a few; later connections wait for an answer to the SYN.
    for (let index = 0; index < 4; index++) open.push(connect(to).on("error", () => {}));
    await new Promise((wake) => setTimeout(wake, 100));
    await connected(handle.entry);
    await new Promise((wake) => setTimeout(wake, 100));
    await expect(handle.cut()).rejects.toThrow(/no answer within 0\.4 s; it may wait on a service/);
    stuck.kill("SIGKILL");
    for (const socket of open.splice(0)) socket.destroy();
  });

  it("limits each connection separately: two carry twice as much", async () => {
    const handle = await makeLink();
    const remove = await handle.impose({ kind: "bandwidth", bytesPerSecond: 200_000 });
    const rates = await Promise.all([0, 1].map(() => rateOf(handle.entry, hello, 100_000, 3_000)));
    for (const rate of rates) expect(rate).toBeGreaterThan(100_000);
    for (const rate of rates) expect(rate).toBeLessThan(280_000);
    await remove();
  });

  it("refuses a bandwidth that is no multiple of its unit", async () => {
    const handle = await makeLink();
    for (const bytesPerSecond of [1_500, 999, 0, -1_000, Number.NaN])
      await expect(handle.impose({ kind: "bandwidth", bytesPerSecond })).rejects.toThrow(
        /no whole number of 1000 B\/s/,
      );
  });

  it("delays every connection, and loses none when the delay ends", async () => {
    const handle = await makeLink();
    const socket = await connected(handle.entry);
    expect(await reply(socket)).toBe("hi\n");
    const remove = await handle.impose({ kind: "latency", delayMs: 120, jitterMs: 0 });
    const pongs = await Promise.all(
      Array.from({ length: 8 }, () => ping(handle.entry, hello, 2_000)),
    );
    for (const pong of pongs)
      expect(pong.outcome === "answered" && pong.tookMs >= 119, JSON.stringify(pong)).toBe(true);
    const startedMs = performance.now();
    await reply(socket);
    expect(performance.now() - startedMs).toBeGreaterThan(119);
    await remove();
    await remove();
    expect(await reply(socket)).toBe("hi\n");
  });

  it("keeps two of a kind on one link apart", async () => {
    const handle = await makeLink();
    const first = await handle.impose({ kind: "latency", delayMs: 100, jitterMs: 0 });
    const second = await handle.impose({ kind: "latency", delayMs: 60, jitterMs: 0 });
    await first();
    const pong = await ping(handle.entry, hello, 2_000);
    expect(pong.outcome === "answered" && pong.tookMs).toBeGreaterThan(59);
    await second();
  });

  it("resets new connections, and closes existing ones at their next data", async () => {
    const handle = await makeLink();
    const socket = await connected(handle.entry);
    const remove = await handle.impose({ kind: "reset" });
    expect(await ping(handle.entry, hello, 1_000)).toEqual({ outcome: "reset" });
    // With a FIN or, if more data was in transit, with a reset.
    socket.on("error", () => {});
    const closed = new Promise((wake) => socket.once("close", wake));
    socket.write("hello\n");
    await closed;
    await remove();
    expect(await ping(handle.entry, hello, 1_000)).toMatchObject({ outcome: "answered" });
  });
});
