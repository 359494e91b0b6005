import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Endpoint } from "../target/layout.ts";
import { freePort } from "./free-port.ts";
import { bindProblem, holderOf, httpGet, tryConnect } from "./network.ts";

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

async function serve(answer: RequestListener): Promise<Endpoint> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

describe("a port", () => {
  it("is busy, with its owner's name, exactly while a process listens", async () => {
    const port = await freePort("127.0.0.1");
    expect(await bindProblem({ host: "127.0.0.1", port })).toBeNull();
    const endpoint = await serve((_request, response) => response.end());
    expect(await bindProblem(endpoint)).toBe("EADDRINUSE");
    if (process.platform === "linux")
      expect(holderOf(endpoint.port)).toMatch(new RegExp(`^.+ \\(pid ${process.pid}\\)$`));
    expect(await bindProblem({ host: "203.0.113.1", port })).toBe("EADDRNOTAVAIL");
    expect(holderOf(port)).toBeNull();
  });

  it("accepts or refuses", async () => {
    expect(await tryConnect(await serve(() => {}), 1_000)).toBe("accepted");
    expect(await tryConnect({ host: "127.0.0.1", port: await freePort("127.0.0.1") }, 1_000)).toBe(
      "refused",
    );
  });
});

describe("one GET", () => {
  it("returns status and body, and sends the given headers", async () => {
    const endpoint = await serve((request, response) =>
      response.writeHead(503).end(`${request.url} ${request.headers["x-token"]} größe`),
    );
    expect(
      await httpGet(endpoint, "/a?b=c", { timeoutMs: 1_000, headers: { "x-token": "t" } }),
    ).toEqual({ status: 503, body: "/a?b=c t größe" });
    expect(await httpGet(endpoint, "/a", { timeoutMs: 1_000, discardBody: true })).toEqual({
      status: 503,
      body: "",
    });
  });

  it("has one time limit for the whole exchange, however slow", async () => {
    const endpoint = await serve((_request, response) => {
      response.writeHead(200);
      const trickle = setInterval(() => response.write("x"), 10);
      response.once("close", () => clearInterval(trickle));
    });
    await expect(httpGet(endpoint, "/", { timeoutMs: 80 })).rejects.toThrow();
    await expect(httpGet(await serve(() => {}), "/", { timeoutMs: 50 })).rejects.toThrow();
  });

  it("fails if the answer breaks off, the caller aborts, or the body has no end", async () => {
    const torn = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("x", () => response.destroy());
    });
    await expect(httpGet(torn, "/", { timeoutMs: 1_000 })).rejects.toThrow();
    await expect(
      httpGet(await serve(() => {}), "/", { timeoutMs: 5_000, signal: AbortSignal.timeout(20) }),
    ).rejects.toThrow();
    const endless = await serve((_request, response) => {
      const block = Buffer.alloc(1024 * 1024);
      const more = (): void => {
        if (!response.destroyed) response.write(block, more);
      };
      more();
    });
    await expect(httpGet(endless, "/", { timeoutMs: 5_000 })).rejects.toThrow(/more than/);
  });
});
