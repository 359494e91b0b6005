/**
 * What `npm start` costs with warm tools: from return key to verdict, the target's start, and the processor time of the harness against
 * that of k6. Prints minimum, median and maximum over RUNS runs (default 3).
 *
 *     node_modules/.bin/node benchmarks/start.ts [RUNS]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { RunEvent } from "../harness/core/run.ts";

const root = resolve(import.meta.dirname, "..");
const runs = Number(process.argv[2] ?? 3);

interface Cost { readonly totalS: number; readonly upS: number; readonly harnessCpuS: number; readonly k6CpuS: number; readonly share: number; readonly exitCode: number | null }

function once(): Cost {
  const out = mkdtempSync(join(tmpdir(), "seawall-bench-"));
  try {
    const startMs = performance.now();
    const { status } = spawnSync("npm", ["start", "--", "--out", out], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
    const totalS = (performance.now() - startMs) / 1000;
    const experiment = join(out, "origin-storm");
    const run = join(experiment, readdirSync(experiment)[0] as string);
    const events = readFileSync(join(run, "events.ndjson"), "utf8").trim().split("\n").map((line) => JSON.parse(line) as RunEvent);
    const deployed = events.find((event) => event.kind === "deployed");
    const generator = events.find((event) => event.kind === "generator");
    const harnessCpuS = generator?.kind === "generator" ? generator.harnessCpuSeconds : Number.NaN;
    const k6CpuS = generator?.kind === "generator" ? (generator.generatorCpuSeconds ?? Number.NaN) : Number.NaN;
    return { totalS, upS: deployed?.kind === "deployed" ? deployed.tookMs / 1000 : Number.NaN, harnessCpuS, k6CpuS, share: harnessCpuS / k6CpuS, exitCode: status };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const costs = Array.from({ length: runs }, once);
const row = (title: string, pick: (cost: Cost) => number, unit: string, digits = 1): void => {
  const sorted = costs.map(pick).sort((a, b) => a - b);
  const at = (index: number): string => (sorted[index] ?? Number.NaN).toFixed(digits);
  process.stdout.write(`${title.padEnd(46)} ${at(0).padStart(8)} ${at(Math.floor((sorted.length - 1) / 2)).padStart(8)} ${at(sorted.length - 1).padStart(8)} ${unit}\n`);
};
process.stdout.write(`${runs} runs of npm start; exit statuses ${costs.map((cost) => cost.exitCode).join(", ")}\n${"".padEnd(46)} ${"min".padStart(8)} ${"median".padStart(8)} ${"max".padStart(8)}\n`);
row("return key to verdict and report", (cost) => cost.totalS, "s");
row("target up", (cost) => cost.upS, "s");
row("processor time of k6", (cost) => cost.k6CpuS, "s");
row("processor time of the harness under load", (cost) => cost.harnessCpuS, "s", 2);
row("harness / k6", (cost) => cost.share * 100, "%");
