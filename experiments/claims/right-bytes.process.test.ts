/**
 * Viewers in a real k6 against edges that each make one mistake. Viewers who compare find it, and a
 * truncated body never counts as served.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import type { Series } from "../../harness/metrics/samples.ts";
import { everyMetric } from "../../test/support/judge/held-run.ts";
import { bundledWorkload } from "../../test/support/workload.ts";
import { CsvParser } from "../../harness/load/csv.ts";
import { provision } from "../../harness/provision/provision.ts";

const body = Buffer.alloc(20_000, 7);
const sha256 = createHash("sha256").update(body).digest("hex");
const flipped = Buffer.from(body);
flipped.writeUInt8(6, 12_345);
const headers = (length = body.length): Record<string, string | number> => ({
  "content-length": length,
  "x-segment-sha256": sha256,
});

const edges: Readonly<Record<string, (response: ServerResponse) => void>> = {
  right: (response) => response.writeHead(200, headers()).end(body),
  flipped: (response) => response.writeHead(200, headers()).end(flipped),
  short: (response) => response.writeHead(200, headers(19_999)).end(body.subarray(1)),
  unlabelled: (response) => response.writeHead(200, { "content-length": body.length }).end(body),
  cut: (response) => {
    response.writeHead(200, headers()).write(body.subarray(1));
    setTimeout(() => response.destroy(), 5);
  },
};
const server = createServer((request, response) =>
  edges[request.url?.split("/")[1] ?? ""]?.(response),
);
await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
const scripts = mkdtempSync(join(tmpdir(), "seawall-workloads-"));
afterAll(() => {
  rmSync(scripts, { recursive: true, force: true });
  server.close();
  server.closeAllConnections();
});

it("counts only complete bodies as served, and as wrong what differs from the publication", async () => {
  const { k6 } = await provision(["k6"], { env: process.env });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const load = {
    seed: 7,
    entries: Object.keys(edges).map((name) => ({ name, url: `${url}/${name}` })),
    others: {},
    content: {
      event: "main",
      segmentMs: 500,
      availabilityStartMs: 0,
      renditions: [{ name: "only", kind: "video", bitsPerSecond: 1 }],
      segmentPath: "/{event}/{rendition}/{number}",
      dvrSegments: 20,
      digestHeader: "X-Segment-SHA256",
    },
    scenarios: {
      live: {
        executor: "constant-arrival-rate",
        exec: "live",
        rate: 150,
        timeUnit: "1s",
        duration: "2s",
        preAllocatedVUs: 250,
        gracefulStop: "6s",
      },
    },
  };
  const { stdout } = await promisify(execFile)(
    k6.executable,
    [
      ...k6.args,
      "run",
      "--out",
      "csv=-",
      "--system-tags",
      "status,scenario",
      "--no-thresholds",
      "--summary-mode=disabled",
      "--no-usage-report",
      "--quiet",
      await bundledWorkload(scripts, "viewers"),
    ],
    {
      env: {
        PATH: process.env["PATH"],
        HOME: tmpdir(),
        ...k6.env,
        SEAWALL_LOAD: JSON.stringify(load),
        K6_CSV_TIME_FORMAT: "unix_micro",
      },
      maxBuffer: 64e6,
    },
  );
  const series: Series[] = [];
  const seen = new Map<string, number>();
  const parser = new CsvParser(
    {
      series: (one) => series.push(one) - 1,
      sample: (id) => {
        const { metric, tags } = series[id] as Series;
        const key = `${tags["entry"]}, ${tags["bytes"]}: ${tags["outcome"]}`;
        if (metric === "segment_ms") seen.set(key, (seen.get(key) ?? 0) + 1);
      },
    },
    [{ name: "live", lane: "live", stages: [] }],
    everyMetric,
  );
  parser.push(Buffer.from(stdout));
  parser.end();
  expect([...seen.keys()].sort()).toEqual([
    "cut, compared: lost",
    "cut, unread: lost",
    "flipped, compared: wrong",
    "flipped, unread: served",
    "right, compared: served",
    "right, unread: served",
    "short, compared: wrong",
    "short, unread: served",
    "unlabelled, compared: wrong",
    "unlabelled, unread: served",
  ]);
  const compared = [...seen]
    .filter(([key]) => key.includes("compared"))
    .reduce((total, [, count]) => total + count, 0);
  const all = [...seen.values()].reduce((total, count) => total + count, 0);
  expect(all).toBeGreaterThan(250);
  expect(compared / all).toBeGreaterThan(0.15);
  expect(compared / all).toBeLessThan(0.35);
});
