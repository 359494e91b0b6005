/**
 * Repeats the catalogue on real processes, one run after another. Writes the results to
 * `experiments/repeated/` and to the table of its README. The experiment with the fewest runs is
 * next, and among these the one with the fewest consecutive successes. No other load should run on
 * the machine.
 *
 *   node benchmarks/repeat.ts [--keep FOLDER] [MINUTES=60] [TIMES=5]
 *     [NAME | NAME/DEFENCE | NAME/* …]
 *
 * 0 minutes: writes the table only.
 *
 * It waits while other work takes a part of the machine, because such a run proves nothing.
 *
 * `./seawall ablate --reuse --out FOLDER` makes its matrix of kept runs. Before it runs anything,
 * it records the runs that another command left in FOLDER (a suite, `ablate`).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Context } from "../harness/app/context.ts";
import { experimentNames, loadExperiment } from "../harness/app/experiment-files.ts";
import { keptIn } from "./library/kept.ts";
import { untilQuiet } from "./library/quiet.ts";
import { page, pageText, record, recorded, withTable } from "../experiments/repeated/recorded.ts";
import {
  counting,
  inARow,
  type Kind,
  kindsOf,
  type Repeat,
  repeatedTable,
} from "../experiments/repeated/repeated.ts";

const root = resolve(import.meta.dirname, "..");
const {
  values: { keep },
  positionals: [minutes = "60", times = "5", ...only],
} = parseArgs({ options: { keep: { type: "string" } }, allowPositionals: true });
const untilMs = performance.now() + Number(minutes) * 60_000;
const named = ({ experiment, without }: Kind): string =>
  without === null ? experiment : `${experiment}/${without}`;
/** A run takes two minutes. One that hangs proves nothing. */
const runMsMax = 6 * 60_000;

const context = { root, cwd: root } as Context;
const experiments = await Promise.all(
  experimentNames(context).map((name) => loadExperiment(context, name)),
);
const all = kindsOf(experiments);
const wanted = all.filter(
  (kind) =>
    only.length === 0 || only.includes(`${kind.experiment}/*`) || only.includes(named(kind)),
);
const out = keep ?? mkdtempSync(join(tmpdir(), "seawall-repeat-"));

try {
  take();
  for (let next = fewest(); performance.now() < untilMs && next !== undefined; next = fewest()) {
    if (!(await untilQuiet(untilMs))) break;
    await runOnce(next);
    if (take() === 0)
      throw new Error(
        `the run of ${named(next)} left no whole record in ${out}; ./seawall doctor says ` +
          "what is missing",
      );
  }
} finally {
  writeFileSync(page, withTable(pageText(), repeatedTable(all, recorded())));
  if (keep === undefined) rmSync(out, { recursive: true, force: true });
}

function fewest(): Kind | undefined {
  const runs = recorded();
  return wanted
    .map((kind) => ({ kind, streak: inARow(kind, runs), tries: counting(kind, runs).length }))
    .filter(({ streak }) => streak < Number(times))
    .sort((one, other) => one.tries - other.tries || one.streak - other.streak)[0]?.kind;
}

async function runOnce({ experiment, without }: Kind): Promise<void> {
  const child = spawn(
    "sh",
    [
      join(root, "seawall"),
      "run",
      experiment,
      "--force",
      "--substrate",
      "process",
      "--out",
      out,
      ...(without === null ? [] : ["--without", without]),
    ],
    { cwd: root, stdio: "ignore" },
  );
  const late = setTimeout(() => child.kill("SIGINT"), runMsMax);
  await once(child, "exit");
  clearTimeout(late);
}

/** Records the missing ones and returns their number. */
function take(): number {
  const repeats = keptIn(out, experiments, new Set(recorded().flatMap(({ run }) => run ?? [])));
  for (const repeat of repeats) {
    record(repeat);
    process.stdout.write(`${lineOf(repeat)}\n`);
  }
  return repeats.length;
}

function lineOf(repeat: Repeat): string {
  const how =
    repeat.denied !== "" ? "does not count" : repeat.asItMust ? "as it must" : "NOT AS IT MUST";
  return (
    `${named(repeat).padEnd(40)} ${how} (${repeat.status}) ${repeat.seconds} s ` +
    `${repeat.denied} ${repeat.why}`
  );
}
