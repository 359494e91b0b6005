/**
 * How long it takes to read and judge a recorded run with many samples. It is an hour of an
 * audience at two edges, with counters, a prober and the claims of the origin storm. The recorder
 * makes the record first.
 *
 *     node_modules/.bin/node benchmarks/judge.ts [SAMPLES]        default 10 million
 *
 * Half as many are judged first. The ratio of the two times shows that judging is linear (2), not
 * quadratic (4).
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import originStorm from "../experiments/origin-storm.ts";
import { judge } from "../harness/judge/judge.ts";
import type { Phase } from "../harness/base/phases.ts";
import { prng } from "../harness/base/prng.ts";
import { readRun } from "../harness/run/read-run.ts";
import { Recorder } from "../harness/run/recorder.ts";
import { planned } from "../test/support/simulated/in-memory.ts";
import { realClock } from "../harness/system/clock.ts";

const samplesMax = Number(process.argv[2] ?? 10_000_000);
const zeroMs = 1_800_000_000_000;
const phaseMs = 1_200_000;
const lengthMs = 3 * phaseMs;
const random = prng(1);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

async function record(directory: string, samples: number): Promise<void> {
  const { plan } = planned(originStorm, 1);
  const recorder = new Recorder(
    directory,
    { ...plan, phasesMs: { baseline: phaseMs, fault: phaseMs, recovery: phaseMs } },
    realClock(),
    { runId: "benchmark", synced: false },
  );
  const fault = plan.steps[0]?.fault ?? { kind: "kill", service: "" };
  const landed = { landed: true, observation: "seen" };
  recorder.event({
    kind: "started",
    atMs: zeroMs - 1,
    runId: "benchmark",
    versions: {},
    machine: { platform: "", cpuModel: "", cores: 2, memoryBytes: 1 },
  });
  const edges = ["region-a/edge", "region-b/edge"];
  const viewers = edges.flatMap((edge) =>
    ["v720", "v360", "audio"].map((rendition) => ({
      wait: recorder.series({
        metric: "segment_ms",
        kind: "duration",
        tags: { lane: "live", outcome: "served", entry: edge, rendition },
      }),
      request: recorder.series({
        metric: "http_req_ms",
        kind: "duration",
        tags: { lane: "live", status: "200", entry: edge },
      }),
    })),
  );
  const late = recorder.series({
    metric: "start_late_ms",
    kind: "duration",
    tags: { lane: "live" },
  });
  // Three samples per viewer. The rest are the harness's readings, one per second.
  const count = Math.floor(samples / 3);
  for (let index = 0; index < count; index++) {
    const atMs = zeroMs + (index / count) * lengthMs;
    const one = viewers[index % viewers.length] as (typeof viewers)[number];
    const ms = 5 + random() * 200;
    recorder.sample(late, atMs, Math.round(random() * 40_000) / 1_000);
    recorder.sample(one.wait, atMs + ms, Math.round(ms * 1_000) / 1_000);
    recorder.sample(one.request, atMs + ms, Math.round(ms * 950) / 1_000);
    if (index % 20_000 === 0) await new Promise((next) => setImmediate(next));
  }
  for (let atMs = zeroMs; atMs < zeroMs + lengthMs; atMs += 1_000) {
    for (const edge of edges) {
      recorder.sample(
        recorder.series({
          metric: "origin_gets",
          kind: "increment",
          tags: { lane: "live", entry: edge, origin: "region-a" },
        }),
        atMs,
        1,
      );
      recorder.sample(
        recorder.series({
          metric: "canary_ms",
          kind: "duration",
          tags: { entry: edge, outcome: "served" },
        }),
        atMs + 5,
        5,
      );
    }
    for (const pipeline of ["a", "b"])
      recorder.sample(
        recorder.series({
          metric: "publish_ms",
          kind: "duration",
          tags: { pipeline, rendition: "v360", outcome: "acked" },
        }),
        atMs + 30,
        30,
      );
    recorder.sample(
      recorder.series({ metric: "canary_late_ms", kind: "duration", tags: {} }),
      atMs,
      1,
    );
    recorder.sample(
      recorder.series({ metric: "cpu_seconds", kind: "increment", tags: { service: "k6" } }),
      atMs,
      0.2,
    );
  }
  for (const [index, phase] of (
    ["baseline", "fault", "recovery", "drain"] as readonly (Phase | "drain")[]
  ).entries()) {
    const atMs = zeroMs + index * phaseMs;
    if (phase === "recovery") {
      recorder.event({
        kind: "injected",
        atMs: atMs - phaseMs / 2,
        step: 0,
        fault,
        plannedMs: atMs - phaseMs / 2,
        evidence: landed,
      });
      recorder.event({ kind: "healing", atMs: atMs - 2_000, step: 0, fault });
      recorder.event({
        kind: "healed",
        atMs: atMs - 1_000,
        step: 0,
        fault,
        plannedMs: atMs - 1_000,
        evidence: landed,
      });
    }
    recorder.event({ kind: "phase", atMs, phase });
  }
  recorder.event({
    kind: "generator",
    atMs: zeroMs + lengthMs,
    exitCode: 0,
    signal: null,
    expected: true,
    detail: "",
    generatorCpuSeconds: 1,
    harnessCpuSeconds: 1,
    seconds: 1,
  });
  recorder.event({
    kind: "cleaned",
    atMs: zeroMs + lengthMs,
    status: "clean",
    left: [],
    tookMs: 1,
  });
  recorder.event({ kind: "finished", atMs: zeroMs + lengthMs });
  await recorder[Symbol.asyncDispose]();
}

/** The seconds that judging took. */
async function measure(samples: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), "seawall-bench-"));
  try {
    await record(directory, samples);
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    const run = await readRun(directory);
    const readMs = performance.now();
    const verdict = judge(run);
    const judgedMs = performance.now();
    const used = process.cpuUsage(cpu);
    const count = run.series.reduce((sum, series) => sum + series.values.length, 0);
    const size = statSync(join(directory, "samples.csv.zst")).size;
    process.stdout.write(
      `${(count / 1e6).toFixed(1)} million samples (${(size / 1e6).toFixed(0)} MB): read ` +
        `${seconds(readMs - startMs)}, ` +
        `judged ${seconds(judgedMs - readMs)} (${verdict.status}), together ` +
        `${seconds(judgedMs - startMs)}; ` +
        `processor ${((used.user + used.system) / 1e6).toFixed(2)} s, peak ` +
        `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB\n`,
    );
    for (const finding of verdict.findings.filter((one) => one.status !== "held"))
      process.stdout.write(`  ${finding.status}: ${finding.title}: ${finding.why}\n`);
    return judgedMs - readMs;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const half = await measure(samplesMax / 2);
const whole = await measure(samplesMax);
process.stdout.write(
  `twice as many samples take ${(whole / half).toFixed(1)} times as long to judge\n`,
);
