/** The document of `index --json`. */
import { z } from "zod";
import type { RunIndex } from "../record/run-index.ts";
import { status } from "./verdict.ts";
import { substrateNames } from "../record/substrates.ts";

export const runIndexDocument = z.object({
  format: z.literal("seawall-index/1"),
  page: z.string().meta({ description: "the index page that was written" }),
  runs: z.array(
    z.object({
      path: z.string().meta({ description: "from the folder of runs" }),
      runId: z.string(),
      experiment: z.string(),
      tier: z.string(),
      substrate: z.enum(substrateNames),
      target: z.string(),
      topology: z.string(),
      targetVersion: z.string().nullable(),
      subject: z.string().nullable().meta({
        description: "what was tested: the label, the version and the commit that its user knows",
      }),
      version: z.string().nullable(),
      seed: z.number(),
      without: z.array(z.string()),
      status,
      why: z.string(),
      aborted: z.boolean(),
      startedAtMs: z.number().nullable(),
      hasReport: z.boolean(),
      claims: z.array(
        z.object({
          id: z.string().meta({ description: "by which it is known from run to run" }),
          title: z.string(),
          phase: z.string(),
          status,
          used: z.number().nullable().meta({
            description: "part of what the limit allows that was used; 1 is at the limit",
          }),
        }),
      ),
    }),
  ),
  broken: z.array(z.object({ path: z.string(), why: z.string() })),
  pages: z.array(z.object({ path: z.string(), title: z.string(), writtenAtMs: z.number() })),
}) satisfies z.ZodType<RunIndex>;
