/**
 * The cost of a run with warm tools: from return key to verdict, and the target's start. Also the
 * harness's own processor time under load, as a share of one core and relative to k6's. Prints
 * minimum, median and maximum over RUNS runs (default 3) of each experiment.
 *
 *     node_modules/.bin/node benchmarks/start.ts [RUNS [EXPERIMENT…]]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { RunEvent } from "../harness/record/events.ts";

const root = resolve(import.meta.dirname, "..");
const [count, ...named] = process.argv.slice(2);
const runs = Number(count ?? 3);
const experiments = named.length === 0 ? ["origin-storm", "zone-loss"] : named;

interface Cost {
  readonly totalS: number;
  readonly upS: number;
  readonly loadS: number;
  readonly harnessCpuS: number;
  readonly k6CpuS: number;
  readonly exitCode: number | null;
  /** Of the machine, over the minute before the run. */
  readonly loadAverage: number;
}

function once(experiment: string): Cost {
  const out = mkdtempSync(join(tmpdir(), "seawall-bench-"));
  const [loadAverage = Number.NaN] = loadavg();
  try {
    const startMs = performance.now();
    const { status } = spawnSync(
      join(root, "seawall"),
      ["run", experiment, "--substrate", "process", "--force", "--out", out],
      { cwd: root, stdio: ["ignore", "ignore", "inherit"] },
    );
    const totalS = (performance.now() - startMs) / 1000;
    const run = join(out, experiment, readdirSync(join(out, experiment))[0] as string);
    const events = readFileSync(join(run, "events.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RunEvent);
    const deployed = events.find((event) => event.kind === "deployed");
    const generator = events.find((event) => event.kind === "generator");
    const [harnessCpuS, k6CpuS, loadS] =
      generator?.kind === "generator"
        ? [
            generator.harnessCpuSeconds,
            generator.generatorCpuSeconds ?? Number.NaN,
            generator.seconds,
          ]
        : [Number.NaN, Number.NaN, Number.NaN];
    return {
      totalS,
      upS: deployed?.kind === "deployed" ? deployed.tookMs / 1000 : Number.NaN,
      loadS,
      harnessCpuS,
      k6CpuS,
      exitCode: status,
      loadAverage,
    };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function row(
  title: string,
  costs: readonly Cost[],
  pick: (cost: Cost) => number,
  unit: string,
  digits = 1,
): void {
  const sorted = costs.map(pick).sort((a, b) => a - b);
  const at = (index: number): string => (sorted[index] ?? Number.NaN).toFixed(digits);
  process.stdout.write(
    `${title.padEnd(46)} ${at(0).padStart(8)} ` +
      `${at(Math.floor((sorted.length - 1) / 2)).padStart(8)} ` +
      `${at(sorted.length - 1).padStart(8)} ${unit}\n`,
  );
}

for (const experiment of experiments) {
  const costs = Array.from({ length: runs }, () => once(experiment));
  process.stdout.write(
    `\n${experiment}: ${runs} runs, exit statuses ` +
      `${costs.map((cost) => cost.exitCode).join(", ")}, load averages before ` +
      `${costs.map((cost) => cost.loadAverage.toFixed(1)).join(", ")}\n`,
  );
  process.stdout.write(
    `${"".padEnd(46)} ${"min".padStart(8)} ${"median".padStart(8)} ${"max".padStart(8)}\n`,
  );
  row("return key to verdict and report", costs, (cost) => cost.totalS, "s");
  row("target up", costs, (cost) => cost.upS, "s");
  row("under load", costs, (cost) => cost.loadS, "s");
  row("processor time of k6", costs, (cost) => cost.k6CpuS, "s");
  row("processor time of the harness under load", costs, (cost) => cost.harnessCpuS, "s", 2);
  row("harness, of one core", costs, (cost) => (cost.harnessCpuS / cost.loadS) * 100, "%");
  row("harness / k6", costs, (cost) => (cost.harnessCpuS / cost.k6CpuS) * 100, "%");
}
