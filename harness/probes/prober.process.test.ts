import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import type { Instance } from "../target/deployment.ts";
import type { Series } from "../metrics/samples.ts";
import type { Layout } from "../target/layout.ts";
import { realClock } from "../system/clock.ts";
import { runProber } from "./prober.ts";

let server: Server | undefined;
afterEach(() => server?.close().closeAllConnections());

it("sends the layout's requests in turn, and records the answers", async () => {
  server = createServer((request, response) => {
    if (request.url === "/broken") response.destroy();
    else response.writeHead(request.url === "/there" ? 204 : 503).end();
  }).listen(0, "127.0.0.1");
  await new Promise((wake) => server?.once("listening", wake));
  const { port } = server.address() as AddressInfo;
  const probes = ["/there", "/refused", "/broken"].map((path) => ({
    service: "front",
    port: "http",
    path,
    lane: "browse",
  }));
  const series: Series[] = [];
  const seen: string[] = [];
  const enough = new AbortController();
  await runProber({
    deployment: {
      layout: { probes, services: [], links: [] } as unknown as Layout,
      links: [],
      instance: () => ({ endpoint: () => ({ host: "127.0.0.1", port }) }) as unknown as Instance,
    },
    sink: {
      series: (one) => series.push(one) - 1,
      sample: (id) => {
        const { metric, tags } = series[id] as Series;
        if (metric === "canary_ms")
          seen.push(`${tags["entry"]} ${tags["lane"]} ${tags["outcome"]}`);
        if (seen.length >= 6) enough.abort();
      },
    },
    clock: realClock(),
    signal: enough.signal,
  });
  expect(new Set(seen)).toEqual(
    new Set(["front browse served", "front browse 503", "front browse failed"]),
  );
  expect(series.map(({ metric }) => metric)).toContain("canary_late_ms");
}, 20_000);
