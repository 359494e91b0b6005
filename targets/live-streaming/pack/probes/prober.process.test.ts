import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { heldPlan } from "../../../../test/support/judge/held-run.ts";
import type { Clock, Deployment } from "../../../../harness/target/deployment.ts";
import { prng } from "../../../../harness/base/prng.ts";
import type { Series } from "../../../../harness/metrics/samples.ts";
import type { Endpoint } from "../../../../harness/target/layout.ts";
import type { Stream } from "../stream/stream.ts";
import { userAgent } from "../../../../harness/system/fetch-body.ts";
import { runProber } from "./prober.ts";
import type { Delivery } from "./delivered.ts";

const stream: Stream = {
  ...heldPlan().content,
  event: "main",
  segmentPath: "/live/{event}/{rendition}/{number}.m4s",
  availabilityStartMs: 10_000,
  renditions: [
    { name: "v720", kind: "video", bitsPerSecond: 9 },
    { name: "audio", kind: "audio", bitsPerSecond: 1 },
  ],
};

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

const digest = (text: Buffer): string => createHash("sha256").update(text).digest("hex");

async function listening(answer: RequestListener): Promise<Endpoint> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

function box(type: string, bytes: number): Buffer {
  const whole = Buffer.alloc(bytes, 3);
  whole.writeUInt32BE(bytes, 0);
  whole.write(type, 4, "latin1");
  return whole;
}
const segment = Buffer.concat([box("moof", 40), box("mdat", 400)]);
const page = Buffer.from("<h1>502 Bad Gateway</h1>");
const zipped = gzipSync(segment);

interface Sampled {
  readonly series: Series;
  readonly atMs: number;
  readonly value: number;
}

/**
 * Advances time in jumps, with a moment of real time at each. The jumps in `lateAt` arrive 2 s
 * late.
 */
async function canaryOf(
  endpoints: Readonly<Record<string, Endpoint>>,
  jumps: number,
  lateAt = -1,
): Promise<{ samples: readonly Sampled[]; deliveries: readonly Delivery[] }> {
  const layout = {
    services: [],
    links: [],
    playable: () => [],
    content: { ...stream, digestHeader: "X-Sha" },
    entries: Object.keys(endpoints).map((service) => ({ service, port: "http" })),
  };
  const deployment = {
    layout,
    links: [],
    instance: (service: string) => ({ endpoint: () => endpoints[service] }),
  } as unknown as Deployment;
  let [nowMs, steps] = [1_000_000, 0];
  const stop = new AbortController();
  const clock: Clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (ms, signal) => {
      nowMs += Math.max(0, ms);
      if (++steps === lateAt) nowMs += 2_000;
      await delay(20);
      if (steps >= jumps) stop.abort();
      signal?.throwIfAborted();
    },
  };
  const series: Series[] = [];
  const samples: Sampled[] = [];
  const deliveries: Delivery[] = [];
  const sink = {
    series: (one: Series) => series.push(one) - 1,
    sample: (id: number, atMs: number, value: number) => {
      samples.push({ series: series[id] as Series, atMs, value });
    },
  };
  await runProber({
    deployment,
    sink,
    clock,
    signal: stop.signal,
    asksPast: false,
    delivered: (delivery) => {
      deliveries.push(delivery);
    },
    random: prng(1),
  });
  return { samples, deliveries };
}

const found = (samples: readonly Sampled[], metric: string, tag: string): Set<string> =>
  new Set(
    samples
      .filter((sample) => sample.series.metric === metric)
      .map(({ series: { tags } }) => `${tags["entry"]} ${tags[tag]}`),
  );

describe("the prober", () => {
  it("asks every edge, and distinguishes served, wrong, refused and unreachable", async () => {
    const endpoints: Record<string, Endpoint> = {
      good: await listening((_request, response) =>
        response.writeHead(200, { "x-sha": digest(segment) }).end(segment),
      ),
      zip: await listening((_request, response) =>
        response
          .writeHead(200, { "content-encoding": "gzip", "content-length": zipped.length })
          .end(zipped),
      ),
      page: await listening((_request, response) =>
        response.writeHead(200, { "content-type": "text/html" }).end(page),
      ),
      garbled: await listening((_request, response) =>
        response.writeHead(200, { "content-encoding": "gzip" }).end(segment),
      ),
      flagged: await listening((_request, response) =>
        response.writeHead(200, { "x-defects": "truncated" }).end(segment.subarray(0, 99)),
      ),
      cut: await listening((_request, response) => {
        response.writeHead(200, { "content-length": 9 }).write("x");
        setTimeout(() => response.destroy(), 5);
      }),
      refused: await listening((_request, response) => response.writeHead(503).end("x")),
      gone: { host: "127.0.0.1", port: 1 },
    };
    const { samples, deliveries } = await canaryOf(endpoints, 80);
    expect(found(samples, "canary_ms", "outcome")).toEqual(
      new Set([
        "good served",
        "zip served",
        "page wrong",
        "garbled wrong",
        "flagged served",
        "cut failed",
        "refused 503",
        "gone failed",
      ]),
    );
    expect(found(samples, "body_seen", "problem")).toEqual(
      new Set(["good none", "zip none", "page type", "garbled encoding", "flagged flagged"]),
    );
    expect(found(samples, "body_seen", "container")).toEqual(
      new Set(["good fmp4", "zip fmp4", "page unknown", "garbled unknown", "flagged fmp4"]),
    );
    // Only complete, decoded bodies, with their declared checksum.
    expect(
      new Set(
        deliveries
          .filter(({ edge }) => edge === "good" || edge === "zip")
          .map(({ edge, sha256, label }) => `${edge} ${sha256} ${label}`),
      ),
    ).toEqual(
      new Set([`good ${digest(segment)} ${digest(segment)}`, `zip ${digest(segment)} null`]),
    );
    expect(
      new Set(
        samples
          .filter(({ series: one }) => one.metric === "canary_bytes" && one.tags["entry"] === "zip")
          .map(({ value }) => value),
      ),
    ).toEqual(new Set([zipped.length]));
  });

  it("asks again for a segment that does not exist yet, and times each request from its own start", async () => {
    let asked = 0;
    const edge = await listening((_request, response) =>
      ++asked % 3 === 0 ? response.writeHead(200).end(segment) : response.writeHead(404).end(),
    );
    const { samples } = await canaryOf({ edge }, 30);
    const outcomes = samples
      .filter(({ series: one }) => one.metric === "canary_ms")
      .map(({ series: one }) => one.tags["outcome"]);
    expect(outcomes.filter((outcome) => outcome === "404").length).toBeGreaterThan(
      outcomes.filter((outcome) => outcome === "served").length,
    );
    expect(outcomes).toContain("served");
  });

  it("reports how late it was", async () => {
    const { samples } = await canaryOf({ gone: { host: "127.0.0.1", port: 1 } }, 16, 5);
    expect(
      Math.max(
        ...samples
          .filter(({ series: one }) => one.metric === "canary_late_ms")
          .map(({ value }) => value),
      ),
    ).toBeGreaterThanOrEqual(1_500);
  });

  it("sends the headers that k6 sends, and no others", async () => {
    const heads: string[][] = [];
    const edge = await listening((request, response) => {
      heads.push([request.httpVersion, ...request.rawHeaders]);
      response.writeHead(200).end(segment);
    });
    await canaryOf({ edge }, 20);
    // As k6 2.2 sends them with the workloads' settings.
    expect(new Set(heads.map((head) => head.join(" ")))).toEqual(
      new Set([`1.1 Host 127.0.0.1:${edge.port} User-Agent seawall-user`]),
    );
    expect(
      readFileSync("targets/live-streaming/pack/workloads/library/settings.ts", "utf8"),
    ).toContain(`userAgent: "${userAgent}"`);
  });
});
