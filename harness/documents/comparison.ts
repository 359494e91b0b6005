/** The document of `compare --json`, which is also stored next to the comparison's page. */
import { z } from "zod";
import { phases } from "../base/phases.ts";
import { comparisonSign, status } from "./verdict.ts";

const tally = z
  .object({ held: z.number(), refuted: z.number(), inconclusive: z.number() })
  .meta({ description: "in how many of the side's runs" });
const perRun = z.array(z.number().nullable());

const claim = z.object({
  id: z.string().meta({ description: "by which it is known on both sides" }),
  title: z.string(),
  phase: z.string(),
  a: tally,
  b: tally,
  changed: z.boolean().meta({ description: "the worst status differs between the sides" }),
  turned: z
    .enum(["worse", "better"])
    .nullable()
    .meta({ description: "only where a test of the counts, or of what was observed, says so" }),
  p: z.number().meta({ description: "corrected for the number of comparisons" }),
  chance: z.number().meta({
    description:
      "how often chance alone makes counts differ this much (Fisher's exact test), uncorrected",
  }),
  tellable: z.boolean().meta({
    description: "the sides have so many conclusive runs that counts could show a difference",
  }),
  observed: z
    .tuple([perRun, perRun])
    .meta({ description: "in each run of the baseline, and of the other side" }),
  limit: z.number().nullable(),
  comparison: comparisonSign.nullable(),
  unit: z.string(),
});

const measure = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("quantile"), q: z.number() }),
  z.object({ kind: z.literal("share") }),
  z.object({ kind: z.literal("mean") }),
]);

const change = z.object({
  quantity: z.object({
    title: z.string(),
    metric: z.string(),
    where: z.record(z.string(), z.string()),
    having: z.record(z.string(), z.string()).nullable(),
    measure,
    unit: z.string(),
    better: z.enum(["lower", "higher"]).nullable(),
    scale: z.enum(["relative", "points"]),
    floor: z.number(),
    floorAbsolute: z.number(),
    family: z.enum(["felt", "inside", "resources"]),
    first: z.literal(true).optional(),
  }),
  phase: z.enum([...phases, "all"]),
  a: z.number(),
  b: z.number(),
  interval: z
    .object({ low: z.number().nullable(), high: z.number().nullable() })
    .nullable()
    .meta({
      description:
        "95 %; of B against A: a fraction of A, or percentage points / 100; a null end is " +
        "beyond all bounds; null when too little was recorded",
    }),
  p: z.number().meta({ description: "corrected for the number of comparisons" }),
  windows: z.tuple([z.number(), z.number()]),
  smallest: z
    .number()
    .nullable()
    .meta({
      description:
        "the smallest difference that these runs could have shown: a fraction of A, or " +
        "percentage points / 100; null: none",
    }),
  suspected: z
    .object({ runsASide: z.number().nullable() })
    .nullable()
    .meta({
      description:
        "looks like a difference to sides too small for a test; so many runs a side would " +
        "show it, null: more than 30",
    }),
  outcome: z.enum(["worse", "better", "different", "alike", "unclear"]).meta({
    description: "alike: shown to be the same; unclear: no difference shown, and none excluded",
  }),
});

const side = z.object({
  name: z.string(),
  runs: z.array(
    z.object({
      id: z.string(),
      directory: z.string(),
      status,
      startedAtMs: z.number().nullable(),
      seed: z.number(),
      without: z.array(z.string()),
      version: z.string().nullable(),
      targetVersion: z
        .string()
        .nullable()
        .meta({ description: "as its user states it, else a hash of what the target is made of" }),
      subject: z.string().nullable().meta({
        description: "what was tested: the label, the version and the commit that its user knows",
      }),
    }),
  ),
});

export const comparisonDocumentShape = z.object({
  format: z.literal("seawall-comparison/1"),
  experiment: z.string(),
  title: z.string(),
  substrate: z.string(),
  topology: z.string(),
  baseline: side,
  others: z.array(
    z.object({
      side,
      outcome: z.enum(["worse", "better", "mixed", "different", "none", "undecided"]),
      enough: z.boolean().meta({
        description:
          "the sides have runs enough for a test to tell a change from what differs between runs",
      }),
      unshared: z
        .array(z.string())
        .meta({ description: "what users see and not every run recorded" }),
      claims: z.array(claim),
      changes: z.array(change),
    }),
  ),
  marked: z.array(z.string()).meta({ description: "what has to be known beside every number" }),
});
