/** `verdict.json`, and the document of `run --json` and `judge --json`. */
import { z } from "zod";
import { phases } from "../base/phases.ts";
import type { Verdict } from "../record/verdict.ts";

export const status = z.enum(["held", "refuted", "inconclusive"]);
export const comparisonSign = z.enum(["<", "<=", ">", ">=", "=="]);

const value = z.union([
  z.string().meta({ description: "a name" }),
  z.number().meta({ description: "in the unit that the name of the value ends with" }),
]);
/** Each fact has its own values. */
const fact = z
  .object({ fact: z.string().meta({ description: "its id, among those of the rule" }) })
  .catchall(z.union([value, z.null(), z.array(value)]));

const finding = z.object({
  kind: z.enum(["claim", "recovery", "evidence"]).meta({
    description:
      "claim and recovery come from the experiment; evidence asks whether the record is " +
      "good enough to judge",
  }),
  id: z.string().meta({
    description: "stable and dotted: generator.on-time, claim.live-is-served; unique with `phase`",
  }),
  subject: z.string().meta({
    description:
      "what the status is about: target, generator, prober, machine, record, …, or service:NAME",
  }),
  title: z.string(),
  status,
  phase: z.enum(phases).nullable(),
  observed: z.number().nullable().meta({
    description: "in `unit`; null when there was nothing to measure, or it was beyond all bounds",
  }),
  comparison: comparisonSign.nullable(),
  limit: z.number().nullable(),
  unit: z.string().meta({
    description: "of `observed` and `limit`; share is a fraction 0…1, and empty is a bare number",
  }),
  samples: z.number(),
  values: z.array(fact).meta({
    description: "why it has this status, as data: `why` puts the same into words",
  }),
  why: z.string().meta({ description: "why it has this status, in words that may change" }),
});

export const verdictDocument = z.object({
  format: z.literal("seawall-verdict/1"),
  runId: z.string(),
  experiment: z.string(),
  without: z.array(z.string()).meta({
    description:
      "defences that were switched off; a run without one is a control and must be refuted",
  }),
  seed: z.number(),
  status,
  why: z.string(),
  aborted: z
    .object({
      reason: z.enum([
        "claim",
        "user",
        "deadline",
        "substrate",
        "generator",
        "internal",
        "deadMan",
      ]),
      detail: z.string(),
    })
    .nullable(),
  cleanup: z.object({
    status: z.enum(["clean", "incomplete", "unknown"]),
    left: z.array(z.string()),
  }),
  findings: z.array(finding),
  rerun: z.string().meta({ description: "the command that repeats the run" }),
  of: z.object({ record: z.string(), check: z.string() }).optional().meta({
    description: "in verdict.json: hashes of the record that it is of, and of the verdict itself",
  }),
}) satisfies z.ZodType<Verdict>;
