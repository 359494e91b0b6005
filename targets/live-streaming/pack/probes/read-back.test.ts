import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import type { Deployment } from "../../../../harness/target/deployment.ts";
import type { Series } from "../../../../harness/metrics/samples.ts";
import type { Endpoint, Layout, PlayCheck } from "../../../../harness/target/layout.ts";
import { realClock } from "../../../../harness/system/clock.ts";
import type { Acknowledged } from "./durability.ts";
import { type Counts, limits, readBack } from "./read-back.ts";

const body = (number: number): Buffer => Buffer.from(`segment ${number}`);
const segment = (number: number): Acknowledged => ({
  pipeline: "a",
  rendition: "v360",
  number,
  atMs: 1_000 + number,
  sha256s: new Set([createHash("sha256").update(body(number)).digest("hex")]),
});

/**
 * A store whose segments change unnoticed: rotten (1), gone (2), truncated (3), overloaded at first
 * (4) and forever (5).
 */
const misdeeds: Readonly<Record<number, (response: ServerResponse, times: number) => void>> = {
  1: (response) => response.end("Segment 1"),
  2: (response) => response.writeHead(404).end("missing"),
  3: (response) => {
    response.writeHead(200, { "content-length": 9 }).write("segm");
    setTimeout(() => response.destroy(), 5);
  },
  4: (response, times) => (times < 3 ? response.writeHead(503).end() : response.end(body(4))),
  5: (response) => response.writeHead(503).end(),
};
const asked = new Map<number, number>();
const server = createServer((request, response) => {
  const number = Number(/(\d+)$/.exec(request.url ?? "")?.[1]);
  asked.set(number, (asked.get(number) ?? 0) + 1);
  const misdeed = misdeeds[number];
  if (misdeed === undefined) response.end(body(number));
  else misdeed(response, asked.get(number) ?? 0);
});
await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const endpoints: Readonly<Record<string, Endpoint>> = {
  store: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
  dead: { host: "127.0.0.1", port: 1 },
};
const quick = { ...limits, pauseMs: 5, rateMax: 10_000 };

async function read(
  numbers: readonly number[],
  services: readonly string[],
  within = quick,
  signal = new AbortController().signal,
): Promise<{ counts: Counts; seen: string[] }> {
  const seen: string[] = [];
  const series: Series[] = [];
  const places = (_pipeline: string, _rendition: string, number: number): PlayCheck[] =>
    services.map((service) => ({ service, port: "http", path: `/check/${number}` }));
  const deployment = {
    layout: { readBack: places } as unknown as Layout,
    instance: (service: string) => ({ endpoint: () => endpoints[service] }),
  } as unknown as Deployment;
  const sink = {
    series: (one: Series) => series.push(one) - 1,
    sample: (id: number, atMs: number) => {
      seen.push(`${series[id]?.metric} ${series[id]?.tags["outcome"] ?? "-"} ${atMs}`);
    },
  };
  return {
    counts: await readBack(
      numbers.map(segment),
      { deployment, sink, clock: realClock(), limits: within },
      signal,
    ),
    seen,
  };
}

describe("a read-back", () => {
  it("distinguishes intact, rotten, gone and truncated, at the moment of acknowledgement", async () => {
    const { counts, seen } = await read([0, 1, 2, 3, 6], ["store"]);
    expect(counts).toEqual({ intact: 2, different: 1, missing: 2, unread: 0 });
    expect(seen.sort()).toEqual([
      "durable different 1001",
      "durable intact 1000",
      "durable intact 1006",
      "durable missing 1002",
      "durable missing 1003",
    ]);
  });

  it("waits for an overloaded target, and does not report lasting overload as loss", async () => {
    expect((await read([4, 5], ["store"])).counts).toEqual({
      intact: 1,
      different: 0,
      missing: 0,
      unread: 1,
    });
  });

  it("asks elsewhere if one place cannot answer, and reports nothing if none can", async () => {
    expect((await read([0, 2], ["dead", "store"])).counts).toEqual({
      intact: 1,
      different: 0,
      missing: 0,
      unread: 1,
    });
    const { counts, seen } = await read([0], ["dead"]);
    expect([counts.unread, seen]).toEqual([1, ["durable_unread - 1000"]]);
  });

  it("is bounded in time and rate, and counts the unread segments", async () => {
    const many = Array.from({ length: 40 }, (_, index) => 100 + index);
    const startedMs = performance.now();
    const { counts } = await read(many, ["store"], { ...quick, rateMax: 50, withinMs: 200 });
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    expect(counts.intact).toBeLessThanOrEqual(14);
    expect(counts.intact + counts.unread).toBe(40);
    expect((await read([0], ["store"], quick, AbortSignal.abort())).counts.unread).toBe(1);
  });
});
