/**
 * The verdicts of recorded runs, for prerequisites. A stored verdict is a hint; the record decides.
 */
import { join } from "node:path";
import { z } from "zod";
import type { RecordedVerdict } from "../plan/prerequisites.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { Plan } from "../record/plan.ts";
import type { Run } from "../record/run.ts";
import type { Status } from "../record/verdict.ts";
import { unknownNames } from "../record/unknown-names.ts";
import { files } from "../run/run-directory.ts";
import { readRun } from "../run/read-run.ts";
import { foldersIn, jsonIn } from "../system/files.ts";
import { judgeRecord } from "./judge-record.ts";

const planShape = z.object({
  experiment: z.string(),
  tier: z.string(),
  target: z.string(),
  topology: z.string(),
  substrate: z.string(),
  without: z.array(z.string()),
  targetVersion: z.string().default(""),
  scale: z.number().default(1),
});
const verdictShape = z.object({
  runId: z.string(),
  status: z.enum(["held", "refuted", "inconclusive"]),
});

/**
 * Covers every run below `reports/EXPERIMENT/`. A run without a complete record proves nothing and
 * is skipped.
 */
export function recordedVerdicts(reports: string): RecordedVerdict[] {
  const runs = foldersIn(reports).flatMap((experiment) =>
    foldersIn(join(reports, experiment)).map((run) => join(reports, experiment, run)),
  );
  return runs.flatMap((run) => {
    const text = jsonIn(join(run, files.plan));
    const plan = planShape.safeParse(text);
    const verdict = verdictShape.safeParse(jsonIn(join(run, files.verdict)));
    if (!plan.success || !verdict.success) return [];
    const [doubt] = unknownNames(text as Readonly<Record<string, unknown>>);
    return [
      { ...plan.data, ...verdict.data, directory: run, ...(doubt === undefined ? {} : { doubt }) },
    ];
  });
}

/**
 * Judges the records of the `vouching` runs again with today's code; a verdict.json that claims
 * more than its record is ignored. `todays` returns the experiment that has the name today, or
 * null. A run of another experiment with that name, or of an older version, does not count.
 */
export async function judgedAgain(
  recorded: readonly RecordedVerdict[],
  vouching: readonly RecordedVerdict[],
  todays: (experiment: string) => Promise<Experiment> | null,
): Promise<RecordedVerdict[]> {
  const again = await Promise.all(
    vouching.map(async (one) => {
      if (one.directory === undefined) return one;
      const run = await readRun(one.directory).catch(() => null);
      const isTheSame =
        run?.plan.experiment === one.experiment &&
        run.plan.tier === one.tier &&
        run.plan.targetVersion === one.targetVersion;
      if (!isTheSame) return { ...one, status: "inconclusive" as const };
      const asked = await todays(one.experiment);
      const doubt = `it asks something else than today's ${one.experiment}`;
      return asked === null || asksTheSame(run.plan, asked)
        ? { ...one, status: statusOf(run) }
        : { ...one, doubt };
    }),
  );
  return recorded.map((one) => again[vouching.indexOf(one)] ?? one);
}

/** Titles and ids do not change what a claim asks. */
function asksTheSame(plan: Plan, asked: Experiment): boolean {
  const unnamed = ({ id: _id, title: _title, ...claim }: Named): object => claim;
  const essence = (method: Plan["steps"], one: Plan | Experiment): string => {
    const { hypothesis, recovery, load, phasesMs } = one;
    const back = recovery === null ? null : unnamed(recovery);
    return JSON.stringify([method, hypothesis.map(unnamed), back, load, phasesMs]);
  };
  return essence(plan.steps, plan) === essence(asked.method, asked);
}

type Named = { readonly id?: string | undefined; readonly title: string };

function statusOf(run: Run): Status {
  try {
    const { status, cleanup } = judgeRecord(run);
    return cleanup.status === "clean" ? status : "inconclusive";
  } catch {
    return "inconclusive";
  }
}
