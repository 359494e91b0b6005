/** `seawall compare`: what differs between runs of an experiment before and after a change, and how sure that is. */
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { claimOutcomes } from "../core/compare/claims-changed.ts";
import { comparability } from "../core/compare/comparable.ts";
import { compareRuns } from "../core/compare/compare.ts";
import { exitCodes, SeawallError } from "../core/errors.ts";
import type { Run } from "../core/run.ts";
import { renderComparison } from "../report/compare-text.ts";
import { readRun } from "../run/read-run.ts";
import { files } from "../run/run-directory.ts";
import type { Context } from "./context.ts";
import { judgeRecord } from "./run.ts";

export interface CompareFlags {
  readonly json: boolean;
}

/** Each side is a run directory, or a folder of them. The exit status says whether B is worse: 1 if it is, 0 if not. */
export async function compare(context: Context, sides: readonly [string, string], { json }: CompareFlags): Promise<number> {
  const [a, b] = await Promise.all(sides.map((side) => runsOf(resolve(context.cwd, side)))) as [Run[], Run[]];
  const { refused, marked } = comparability(a, b);
  if (refused.length > 0) {
    throw new SeawallError("USAGE", `these runs cannot be compared:\n${refused.map((why) => `  - ${why}`).join("\n")}`, { hint: "Compare runs of one experiment, in one topology, on one substrate, that differ only in what you changed." });
  }
  const changes = compareRuns(a, b);
  const claims = claimOutcomes(a.map(judgeRecord), b.map(judgeRecord));
  const comparison = { experiment: a[0]?.plan.experiment ?? "", a: a.map((run) => run.id), b: b.map((run) => run.id), marked, claims, changes };
  if (json) context.stdout.write(`${JSON.stringify({ format: "seawall-comparison/1", ...comparison })}\n`);
  else context.stdout.write(`${renderComparison(comparison, { columns: context.stdout.columns, colour: context.stdout.colour })}\n`);
  const worse = changes.some((change) => change.outcome === "worse") || claims.some((claim) => claim.changed && claim.b.refuted > 0);
  return worse ? exitCodes.refuted : exitCodes.held;
}

async function runsOf(path: string): Promise<Run[]> {
  if (existsSync(join(path, files.plan)) || !existsSync(path)) return [await readRun(path)];
  const inside = readdirSync(path).map((name) => join(path, name)).filter((folder) => existsSync(join(folder, files.plan))).sort();
  if (inside.length === 0) throw new SeawallError("RUN_DIRECTORY_BROKEN", `there are no runs in ${path}`, { hint: "Name a run directory, or a folder that holds some." });
  return Promise.all(inside.map((folder) => readRun(folder)));
}
