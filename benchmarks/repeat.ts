/**
 * Runs the catalogue again and again on real processes, one after another, and writes down how each run came out, in `experiments/repeated/`
 * and the table of `experiments/README.md`. Whichever has come out as it must the fewest times in a row is next. Nothing else should run meanwhile.
 *
 *   node benchmarks/repeat.ts [--keep FOLDER] [MINUTES=60] [TIMES=5] [NAME | NAME/DEFENCE | NAME/* …]     0 minutes: writes the table only
 *
 * Runs that are kept answer for themselves later: `./seawall ablate --reuse --out FOLDER` makes its matrix of them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Context } from "../harness/cli/context.ts";
import { experimentNames, loadExperiment } from "../harness/cli/experiments.ts";
import { reliancesOf } from "../harness/core/reliance.ts";
import type { Verdict } from "../harness/core/run.ts";
import { readmeText, record, recorded, withTable } from "../experiments/repeated/recorded.ts";
import { counting, inARow, type Kind, kindsOf, repeatedTable, repeatOf } from "../experiments/repeated/repeated.ts";

const root = resolve(import.meta.dirname, "..");
const { values: { keep }, positionals: [minutes = "60", times = "5", ...only] } = parseArgs({ options: { keep: { type: "string" } }, allowPositionals: true });
const untilMs = performance.now() + Number(minutes) * 60_000;
const named = ({ experiment, without }: Kind): string => without === null ? experiment : `${experiment}/${without}`;
/** A run takes two minutes; one that hangs says nothing. */
const runMsMax = 6 * 60_000;

const context = { root, cwd: root } as Context;
const all = kindsOf(await Promise.all(experimentNames(context).map((name) => loadExperiment(context, name))));
const wanted = all.filter((kind) => only.length === 0 || only.includes(`${kind.experiment}/*`) || only.includes(named(kind)));

while (performance.now() < untilMs) {
  const runs = recorded();
  const next = wanted.map((kind) => ({ kind, streak: inARow(kind, runs), tries: counting(kind, runs).length }))
    .filter(({ streak }) => streak < Number(times)).sort((one, other) => one.tries - other.tries || one.streak - other.streak)[0];
  if (next === undefined) break;
  await runOnce(next.kind);
}
writeFileSync(join(root, "experiments/README.md"), withTable(readmeText(), repeatedTable(all, recorded())));

async function runOnce(kind: Kind): Promise<void> {
  const out = keep ?? mkdtempSync(join(tmpdir(), "seawall-repeat-"));
  try {
    const load = Math.round((loadavg()[0] ?? 0) * 10) / 10;
    const startedMs = performance.now();
    const child = spawn("sh", [join(root, "seawall"), "run", kind.experiment, "--force", "--substrate", "process", "--out", out, ...(kind.without === null ? [] : ["--without", kind.without])], { cwd: root, stdio: "ignore" });
    const late = setTimeout(() => child.kill("SIGINT"), runMsMax);
    await once(child, "exit");
    clearTimeout(late);
    const seconds = (performance.now() - startedMs) / 1_000;
    // Their names begin with the time.
    const directory = readdirSync(join(out, kind.experiment)).sort().map((name) => join(out, kind.experiment, name)).at(-1) ?? "";
    const verdict = JSON.parse(readFileSync(join(directory, "verdict.json"), "utf8")) as Verdict;
    const { targetVersion } = JSON.parse(readFileSync(join(directory, "plan.json"), "utf8")) as { readonly targetVersion: string };
    const experiment = await loadExperiment(context, kind.experiment);
    const repeat = repeatOf(verdict, experiment.hypothesis, reliancesOf(experiment), { version: targetVersion, seconds, load });
    record(repeat);
    process.stdout.write(`${named(kind).padEnd(40)} ${repeat.denied !== "" ? "does not count" : repeat.asItMust ? "as it must" : "NOT AS IT MUST"} (${repeat.status}) ${repeat.seconds} s, load ${load} ${repeat.denied} ${repeat.why}\n`);
    if (!repeat.asItMust) process.stdout.write(verdict.findings.filter(({ status }) => status !== "held").map(({ title, phase, observed, status, why }) => `    ${status} ${title} ${phase ?? ""} ${observed ?? ""} ${why}\n`).join(""));
  } finally {
    if (keep === undefined) rmSync(out, { recursive: true, force: true });
  }
}
