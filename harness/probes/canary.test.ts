import { createHash } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { heldPlan } from "../core/judge/fixture.ts";
import type { Clock, Deployment } from "../core/ports.ts";
import type { Series } from "../core/run.ts";
import type { Endpoint, Stream } from "../core/target.ts";
import { canaryWish, runCanary } from "./canary.ts";
import type { Delivery } from "./delivered.ts";

const stream: Stream = {
  ...heldPlan().stream, event: "main", segmentPath: "/live/{event}/{rendition}/{number}.m4s", availabilityStartMs: 10_000,
  renditions: [{ name: "v720", kind: "video", bitsPerSecond: 9 }, { name: "audio", kind: "audio", bitsPerSecond: 1 }],
};

describe("what a canary asks for", () => {
  it("is a segment that has long been published, of each rendition in turn", () => {
    // At 20 s, segments 0 to 4 are complete; the newest of them is two ahead of the one asked for.
    expect(canaryWish(stream, 20_000, 0)).toEqual({ rendition: "v720", number: 2 });
    expect(canaryWish(stream, 21_999, 1)).toEqual({ rendition: "audio", number: 2 });
    expect(canaryWish(stream, 22_000, 2)).toEqual({ rendition: "v720", number: 3 });
  });
});

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

async function listening(answer: RequestListener): Promise<Endpoint> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

describe("a canary", () => {
  it("asks every edge on time, and tells served, refused and unreachable apart", async () => {
    const endpoints: Record<string, Endpoint> = {
      good: await listening((_request, response) => response.writeHead(200, { "x-sha": digest("x") }).end("x")),
      cut: await listening((_request, response) => { response.writeHead(200, { "content-length": 9 }).write("x"); setTimeout(() => response.destroy(), 5); }),
      refused: await listening((_request, response) => response.writeHead(503).end("x")), gone: { host: "127.0.0.1", port: 1 },
    };
    const layout = { services: [], links: [], playable: () => [], stream: { ...stream, digestHeader: "X-Sha" }, edges: Object.keys(endpoints).map((service) => ({ service, port: "http" })) };
    const deployment = { layout, links: [], instance: (service: string) => ({ endpoint: () => endpoints[service] }) } as unknown as Deployment;
    // Half-second steps pass at once; the fourth comes 2 s late.
    let nowMs = 1_000_000;
    let steps = 0;
    const stop = new AbortController();
    const clock: Clock = {
      nowMs: () => nowMs, monotonicMs: () => nowMs,
      sleep: async (ms, signal) => {
        nowMs += Math.max(0, ms);
        if (++steps === 4) nowMs += 2_000;
        await delay(20);
        if (steps === 9) stop.abort();
        signal?.throwIfAborted();
      },
    };
    const series: Series[] = [];
    const samples: { series: Series; atMs: number; value: number }[] = [];
    const sink = { series: (one: Series) => series.push(one) - 1, sample: (id: number, atMs: number, value: number) => { samples.push({ series: series[id] as Series, atMs, value }); } };
    const deliveries: Delivery[] = [];
    await runCanary(deployment, sink, clock, stop.signal, (delivery) => { deliveries.push(delivery); });
    // Only what came whole, with what it said of itself.
    expect(deliveries.length).toBeGreaterThanOrEqual(7);
    expect(new Set(deliveries.map(({ edge, sha256, label }) => `${edge} ${sha256} ${label}`))).toEqual(new Set([`good ${digest("x")} ${digest("x")}`]));
    expect(new Set(deliveries.map(({ rendition }) => rendition))).toEqual(new Set(["v720", "audio"]));
    const late = samples.filter((sample) => sample.series.metric === "canary_late_ms").map((sample) => sample.value);
    expect(late).toEqual([0, 0, 0, 2_000, 1_500, 1_000, 500, 0]);
    const asked = samples.filter((sample) => sample.series.metric === "canary_ms");
    expect(new Set(asked.map((sample) => `${sample.series.tags["edge"]} ${sample.series.tags["outcome"]}`))).toEqual(new Set(["good served", "cut failed", "refused 503", "gone failed"]));
    // Each is counted from when it should have been asked, so a late one is seen as slow and leaves no gap.
    const starts = [...new Set(asked.filter((sample) => sample.series.tags["edge"] === "gone").map((sample) => sample.atMs - sample.value))].sort();
    expect(starts).toEqual(Array.from({ length: starts.length }, (_, index) => 1_000_000 + index * 500));
    expect(starts.length).toBeGreaterThanOrEqual(7);
  });
});
