/**
 * How fast one core parses and records samples, how memory grows meanwhile, and the projection to
 * an hour at 2,000 requests a second.
 *
 *     node_modules/.bin/node benchmarks/stream.ts [REQUESTS]
 */
import { registryOf } from "../harness/record/metric-registry.ts";
import { metricsAsked } from "../harness/record/metrics-asked.ts";
import { streaming } from "../targets/live-streaming/pack/pack.ts";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CsvParser } from "../harness/load/csv.ts";
import { Recorder } from "../harness/run/recorder.ts";
import { readRun } from "../harness/run/read-run.ts";
import { judge } from "../harness/judge/judge.ts";
import type { Plan } from "../harness/record/plan.ts";
import { realClock } from "../harness/system/clock.ts";

const requests = Number(process.argv[2] ?? 500_000);
const header = "metric_name,timestamp,metric_value,scenario,status,extra_tags,metadata\n";
const lineNames = [
  "http_reqs",
  "http_req_duration",
  "http_req_blocked",
  "http_req_connecting",
  "http_req_tls_handshaking",
  "http_req_sending",
  "http_req_waiting",
  "http_req_receiving",
  "http_req_failed",
];

/** k6 2.2's output: nine lines per request and four per iteration. */
function block(from: number, count: number): Buffer {
  let text = "";
  for (let i = from; i < from + count; i++) {
    const at = 1_795_000_000_000_000 + i * 500;
    for (const name of lineNames)
      text += `${name},${at},${(i % 97) + 0.123456},live,200,lane=live&entry=region-a/cdn,\n`;
    const tags = "entry=region-a/cdn&rendition=v360&outcome=served&lane=live";
    text += `start_late_ms,${at},0.400000,live,,lane=live,\n`;
    text += `segment_ms,${at},${(i % 89) + 5.5},live,,${tags},\n`;
    text += `iteration_duration,${at},12.5,live,,,\niterations,${at},1.000000,live,,,\n`;
  }
  return Buffer.from(text);
}

const plan: Plan = {
  format: "seawall-plan/2",
  experiment: "benchmark",
  title: "benchmark",
  story: "",
  tier: "storm",
  target: "none",
  topology: "none",
  substrate: "simulated",
  substrateWhy: "",
  seed: 1,
  without: [],
  reliesOn: [],
  services: [],
  links: [],
  entries: [],
  leadInMs: 0,
  phasesMs: { baseline: 1, fault: 1, recovery: 1 },
  content: {
    event: "main",
    segmentMs: 2_000,
    availabilityStartMs: 0,
    renditions: [],
    segmentPath: "",
    dvrSegments: 1,
  },
  metrics: registryOf({ services: [] }, streaming),
  load: [],
  steps: [],
  abortWhen: [],
  recovery: null,
  rerun: "",
  hypothesis: [
    {
      title: "served",
      metric: "segment_ms",
      where: { lane: "live" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.999,
      during: ["baseline", "fault", "recovery"],
      samplesMin: 1,
    },
    {
      title: "fast",
      metric: "http_req_ms",
      where: { lane: "live" },
      statistic: "p99",
      comparison: "<=",
      limit: 500,
      during: ["baseline", "fault", "recovery"],
      samplesMin: 1,
    },
  ],
};

/** Least squares through (requests, bytes). */
function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(([requests]) => requests), mean(([, bytes]) => bytes)];
  return (
    points.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0) /
    points.reduce((sum, [a]) => sum + (a - x) ** 2, 0)
  );
}

const hourRequests = 2_000 * 3_600;
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
/**
 * The heap after a collection. Resident memory also counts what the collector has not returned yet.
 */
const kept = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const directory = mkdtempSync(join(tmpdir(), "seawall-bench-"));
try {
  const recorder = new Recorder(directory, plan, realClock());
  const parser = new CsvParser(
    recorder,
    [{ name: "live", lane: "live", stages: [] }],
    plan.metrics,
    metricsAsked(plan),
  );
  parser.push(Buffer.from(header));
  const blocks = Array.from({ length: 20 }, (_, index) => block(index * 1_000, 1_000));
  const bytes = blocks.reduce((sum, one) => sum + one.length, 0) / 20;
  const every = Math.max(1, Math.floor(requests / 1_000 / 16));
  let waitedMs = 0;
  const memory: (readonly [number, number])[] = [];
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  for (let done = 0, index = 0; done < requests; done += 1_000, index++) {
    parser.push(blocks[index % blocks.length] as Buffer);
    // Like a pipe: the event loop turns between chunks.
    await new Promise((next) => setImmediate(next));
    if (index % every === every - 1) {
      // Samples fed faster than any generator could are still on their way to the disk.
      await new Promise((next) => setTimeout(next, 500));
      waitedMs += 500;
      memory.push([done + 1_000, kept()]);
    }
  }
  parser.end();
  const third = 1_795_000_000_000 + 10_000 / 3;
  for (const [index, phase] of (["baseline", "fault", "recovery", "drain"] as const).entries())
    recorder.event({
      kind: "phase",
      phase,
      atMs: 1_795_000_000_000 - 200 + index * (third - 1_795_000_000_000),
    });
  recorder.event({ kind: "finished" });
  await recorder[Symbol.asyncDispose]();
  const used = process.cpuUsage(cpu);
  const cpuS = (used.user + used.system) / 1e6;
  const samples = requests * 3;
  const lines = requests * 13;
  process.stdout.write(
    `parse and record: ${requests} requests, ${(lines / cpuS / 1000).toFixed(0)} k lines/s, ` +
      `${(samples / cpuS / 1000).toFixed(0)} k kept samples/s of processor time; ` +
      `${((bytes * requests) / 1000 / cpuS / 1e6).toFixed(0)} MB/s\n`,
  );
  process.stdout.write(
    `  wall ${((performance.now() - startMs - waitedMs) / 1000).toFixed(1)} s, peak memory ` +
      `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB, file ` +
      `${(statSync(join(directory, "samples.csv.zst")).size / 1e6).toFixed(1)} MB\n`,
  );
  const perRequest = slope(memory.slice(Math.floor(memory.length / 4)));
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(
    `  memory kept grows by ${perRequest.toFixed(2)} bytes per request; an hour at 2 000 ` +
      "requests/s would peak at " +
      `${(peakMiB + Math.max(0, (perRequest * (hourRequests - requests)) / 2 ** 20)).toFixed(0)} ` +
      `MiB\n`,
  );
  const readMs = performance.now();
  const run = await readRun(directory);
  const judgeMs = performance.now();
  const verdict = judge(run);
  process.stdout.write(
    `read ${samples} samples: ${((judgeMs - readMs) / 1000).toFixed(2)} s; judge: ` +
      `${((performance.now() - judgeMs) / 1000).toFixed(2)} s (${verdict.status})\n`,
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
