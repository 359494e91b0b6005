/**
 * How near a replay is to its trace: the rate in each second and the mix of renditions. It runs
 * `examples/replay/evening-again.ts` with one copy of each session, on nginx and with k6, and reads
 * trace and record. Fails if either differs by more than 3 %.
 *
 *     node_modules/.bin/node benchmarks/replay.ts [RUN]      RUN: a recorded run of it
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import "../targets/live-streaming/pack/pack.ts";
import { quantile } from "../harness/base/statistics.ts";
import { readTrace } from "../harness/capture/read-trace.ts";
import { readRun } from "../harness/run/read-run.ts";
import type { TraceRow } from "../harness/trace/trace.ts";

const differenceMax = 0.03;
const root = resolve(import.meta.dirname, "..");
const given = process.argv[2];
const out = given === undefined ? mkdtempSync(join(tmpdir(), "seawall-replay-")) : null;

function runOnce(folder: string): string {
  const experiment = join(root, "examples/replay/evening-again.ts");
  const args = ["run", experiment, "--scale", "0.5", "--out", folder];
  const { status } = spawnSync(join(root, "seawall"), args, { stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
  const runs = join(folder, "evening-again");
  return join(runs, readdirSync(runs).at(0) ?? "");
}

const run = await readRun(out === null ? resolve(given ?? "") : runOnce(out));
const load = run.plan.load[0];
const { replay } = load ?? {};
if (load === undefined || replay === undefined) throw new Error("this run replays no trace");
if (replay.times !== 1 || replay.stretch !== 1)
  throw new Error("a copy begins later than its original: compare a run with one copy");

const rows: TraceRow[] = [];
const { objects } = await readTrace(replay.trace, (row) => {
  if (row.atMs >= replay.fromMs) rows.push(row);
});
const begun = run.series
  .filter(({ metric, tags }) => metric === "start_late_ms" && tags["of"] === "iteration")
  .flatMap(({ atMs }) => [...atMs])
  .sort((a, b) => a - b);
const dropped = run.series
  .filter(({ metric }) => metric === "dropped_iterations")
  .reduce((sum, { values }) => sum + values.reduce((all, one) => all + one, 0), 0);
// The record's own zero: what is left of each moment after the trace's.
const zeros = begun.map((ms, at) => ms - ((rows[at]?.atMs ?? 0) - replay.fromMs));
const zeroMs = quantile(Float64Array.from(zeros).sort(), 0.5) ?? 0;
const seconds = Math.floor((replay.counts.length * replay.everyMs) / 1000);
const perSecond = (moments: readonly number[]): number[] => {
  const counts = Array<number>(seconds).fill(0);
  for (const ms of moments) {
    const at = Math.floor(ms / 1000);
    if (at >= 0 && at < seconds) counts[at] = (counts[at] as number) + 1;
  }
  return counts;
};
const ofTrace = perSecond(rows.map(({ atMs }) => atMs - replay.fromMs));
const ofRun = perSecond(begun.map((ms) => ms - zeroMs));
const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
const apart = ofTrace.map((count, at) => Math.abs(count - (ofRun[at] as number)));
const rateDifference = sum(apart) / sum(ofTrace);

const inTrace = new Map<string, number>();
for (const { object, atMs } of rows) {
  if (atMs - replay.fromMs >= seconds * 1000) continue;
  const name = objects[object]?.path.split("/").at(-2) ?? "";
  inTrace.set(name, (inTrace.get(name) ?? 0) + 1);
}
const inRun = new Map<string, number>();
for (const { metric, tags, values } of run.series)
  if (metric === "segment_ms") {
    const name = tags["rendition"] ?? "";
    inRun.set(name, (inRun.get(name) ?? 0) + values.length);
  }
const share = (counts: ReadonlyMap<string, number>, name: string): number =>
  (counts.get(name) ?? 0) / sum([...counts.values()]);
const percent = (value: number): string => `${(value * 100).toFixed(2)} %`;

console.log("| | trace | replay | difference |\n|---|---|---|---|");
console.log(
  `| requests in ${seconds} s | ${sum(ofTrace)} | ${sum(ofRun)} (dropped: ${dropped}) | ` +
    `${percent(Math.abs(sum(ofRun) - sum(ofTrace)) / sum(ofTrace))} |`,
);
console.log(
  `| rate in each second, least to most | ${Math.min(...ofTrace)} to ${Math.max(...ofTrace)} | ` +
    `${Math.min(...ofRun)} to ${Math.max(...ofRun)} | ${percent(rateDifference)} of all requests ` +
    `are in another second; at most ${Math.max(...apart)} in one |`,
);
let mixDifference = 0;
for (const name of [...inTrace.keys()].sort()) {
  const [then, now] = [share(inTrace, name), share(inRun, name)];
  mixDifference = Math.max(mixDifference, Math.abs(now - then) / then);
  console.log(
    `| share of \`${name}\` | ${percent(then)} | ${percent(now)} | ` +
      `${percent(Math.abs(now - then) / then)} |`,
  );
}
if (out !== null) rmSync(out, { recursive: true });
if (rateDifference > differenceMax || mixDifference > differenceMax) process.exitCode = 1;
