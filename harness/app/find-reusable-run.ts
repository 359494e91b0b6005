/** Finds recorded runs that replace a run with the same plan. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { withoutSecrets } from "../base/redact.ts";
import type { Plan } from "../record/plan.ts";
import type { Verdict } from "../record/verdict.ts";
import { readRun } from "../run/read-run.ts";
import { files } from "../run/run-directory.ts";
import { judgeRecord } from "./judge-record.ts";

/** Fields that may differ between two plans of the same run. */
const incidental: readonly (keyof Plan)[] = [
  "seed",
  "title",
  "story",
  "substrateWhy",
  "reliesOn",
  "notes",
  "label",
  "git",
  "rerun",
];

/**
 * Whether a run of one plan is also evidence for the other: actions, claims and the version of the
 * target are equal.
 */
export function samePlan(a: Plan, b: Plan): boolean {
  const essence = (plan: Plan): string =>
    JSON.stringify(
      Object.entries(plan)
        .filter(([key]) => !(incidental as readonly string[]).includes(key))
        .sort(([x], [y]) => (x < y ? -1 : 1)),
    );
  return a.targetVersion !== undefined && essence(a) === essence(b);
}

/** The newest conclusive run of such a plan, judged with today's code; null if there is none. */
export async function reusable(
  out: string,
  plan: Plan,
): Promise<{ readonly verdict: Verdict; readonly directory: string } | null> {
  const folder = join(out, plan.experiment);
  const runs = existsSync(folder) ? readdirSync(folder).sort().reverse() : [];
  for (const name of runs) {
    const directory = join(folder, name);
    if (!existsSync(join(directory, files.verdict))) continue;
    const run = await readRun(directory).catch(() => null);
    if (
      run === null ||
      !samePlan(JSON.parse(JSON.stringify(plan, withoutSecrets)) as Plan, run.plan)
    )
      continue;
    const verdict = judgeRecord(run);
    if (verdict.status !== "inconclusive" && verdict.cleanup.status === "clean")
      return { verdict, directory };
  }
  return null;
}
