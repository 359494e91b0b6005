/** `gate.json`, and the document of `gate --json`. */
import { z } from "zod";
import { substrateNames } from "../record/substrates.ts";
import { status } from "./verdict.ts";

const attempt = z.object({
  runId: z.string(),
  status,
  why: z.string(),
  exitCode: z.number(),
  directory: z
    .string()
    .meta({ description: "where the run is recorded; empty when it was not run" }),
  rerun: z.string(),
  substrate: z.enum(substrateNames).meta({ description: "where the target ran" }).optional(),
});

const baseline = z.union([
  z.object({ kind: z.enum(["none", "useless"]), why: z.string() }),
  z.object({
    kind: z.literal("compared"),
    baselineRuns: z.array(z.string()),
    runs: z.array(z.string()),
    worse: z.array(z.string()).meta({ description: "each in one sentence" }),
    better: z.array(z.string()),
    suspected: z
      .array(z.string())
      .meta({ description: "what looks worse to sides too small for a test" }),
    power: z.array(z.string()).meta({ description: "what these runs could have shown at all" }),
    marked: z.array(z.string()).meta({ description: "what to mind when reading the comparison" }),
  }),
]);

export const gateDocument = z.object({
  format: z.literal("seawall-gate/1"),
  suite: z.string().meta({ description: "empty when experiments were named" }),
  baseline: z.string().nullable().meta({ description: "what new runs were compared with" }),
  passed: z.boolean(),
  exitCode: z.number(),
  note: z
    .string()
    .meta({ description: "why it did not pass although every experiment did" })
    .optional(),
  entries: z.array(
    z.object({
      experiment: z.string(),
      title: z.string(),
      attempts: z.array(attempt),
      baseline,
      outcome: z.enum(["passed", "worse", "refuted", "inconclusive", "broken"]),
      exitCode: z.number(),
      why: z.string(),
    }),
  ),
  notRun: z.array(z.string()),
});
