/** Recorded runs in a folder, from any command: `repeat.ts`, a suite, `ablate`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { reliancesOf } from "../../harness/plan/reliance.ts";
import type { Experiment } from "../../harness/experiment/experiment.ts";
import type { Plan } from "../../harness/record/plan.ts";
import type { RunEvent } from "../../harness/record/events.ts";
import type { Verdict } from "../../harness/record/verdict.ts";
import { files } from "../../harness/run/run-directory.ts";
import { type Repeat, repeatOf } from "../../experiments/repeated/repeated.ts";

/**
 * Complete runs of these experiments on real processes, oldest first. Excludes those in `known` and
 * those interrupted by hand.
 */
export function keptIn(
  out: string,
  experiments: readonly Experiment[],
  known: ReadonlySet<string>,
): Repeat[] {
  return experiments
    .flatMap((experiment) =>
      runsOf(join(out, experiment.name), known).map((directory) => readKept(directory, experiment)),
    )
    .filter((repeat) => repeat !== null)
    .sort((one, other) => (one.run ?? "").localeCompare(other.run ?? ""));
}

function runsOf(folder: string, known: ReadonlySet<string>): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !known.has(name))
    .map((name) => join(folder, name))
    .filter((directory) => existsSync(join(directory, files.verdict)));
}

function readKept(directory: string, experiment: Experiment): Repeat | null {
  const verdict = JSON.parse(readFileSync(join(directory, files.verdict), "utf8")) as Verdict;
  const plan = JSON.parse(readFileSync(join(directory, files.plan), "utf8")) as Plan;
  const seconds = secondsOf(readFileSync(join(directory, files.events), "utf8").trim().split("\n"));
  // A run with another audience or other defences does not belong to the catalogue.
  if (
    plan.substrate !== "process" ||
    (plan.scale ?? 1) !== 1 ||
    plan.without.length > 1 ||
    verdict.aborted?.reason === "user" ||
    seconds === null
  )
    return null;
  return repeatOf(verdict, reliancesOf(experiment), {
    version: plan.targetVersion ?? "",
    seconds,
  });
}

/** Null if the record ends early. */
function secondsOf(lines: readonly string[]): number | null {
  const [first, last] = [lines[0], lines.at(-1)].map(
    (line) => JSON.parse(line ?? "null") as RunEvent | null,
  );
  return first === null || first === undefined || last?.kind !== "finished"
    ? null
    : (last.atMs - first.atMs) / 1000;
}
