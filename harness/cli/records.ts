/** The verdicts of recorded runs: what prerequisites are looked up in. */
import { join } from "node:path";
import { z } from "zod";
import type { RecordedVerdict } from "../core/prerequisites.ts";
import { files } from "../run/run-directory.ts";
import { foldersIn, jsonIn } from "../system/files.ts";

const planShape = z.object({ experiment: z.string(), tier: z.enum(["storm", "monkey", "latency", "gorilla", "kong"]), target: z.string(), topology: z.string(), substrate: z.enum(["process", "docker", "simulated"]), without: z.array(z.string()), targetVersion: z.string().default(""), scale: z.number().default(1) });
const verdictShape = z.object({ runId: z.string(), status: z.enum(["held", "refuted", "inconclusive"]) });

/** Of every run below `reports/EXPERIMENT/`. A run without a whole record has shown nothing and is passed over. */
export function recordedVerdicts(reports: string): RecordedVerdict[] {
  const runs = foldersIn(reports).flatMap((experiment) => foldersIn(join(reports, experiment)).map((run) => join(reports, experiment, run)));
  return runs.flatMap((run) => {
    const plan = planShape.safeParse(jsonIn(join(run, files.plan)));
    const verdict = verdictShape.safeParse(jsonIn(join(run, files.verdict)));
    return plan.success && verdict.success ? [{ ...plan.data, ...verdict.data }] : [];
  });
}
