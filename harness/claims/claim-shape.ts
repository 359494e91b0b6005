/** Building blocks for the zod shapes of claims, shared by all statistics. */
import { z } from "zod";
import { phases } from "../base/phases.ts";

export const phase = z.enum(phases);
export const tags = z.record(z.string(), z.string());
export const selector = z
  .object({ metric: z.string(), where: tags.optional() })
  .describe("A metric, and the tags that its samples carry.");

/** One day. A timer holds at most 2^31 − 1 ms (24.8 days), and no phase is that long. */
const msMax = 86_400_000;
export const wholeMs = () =>
  z.number().int("whole milliseconds").max(msMax, "at most a day, 86400000 ms");
export const positiveMs = wholeMs().positive();

/** The id of a claim or a recovery. */
export const ownId = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words and hyphens");

export const claimBase = {
  id: ownId.optional(),
  metric: z.string(),
  where: tags.optional(),
  title: z.string().min(1),
  comparison: z.enum(["<", "<=", ">", ">=", "=="]),
  limit: z.union([z.number().finite(), z.object({ of: phase, times: z.number().finite() })]),
  during: z
    .array(phase)
    .min(1)
    .refine((all) => new Set(all).size === all.length, "each phase once"),
  samplesMin: z.number().int().nonnegative(),
  unit: z.string().optional(),
};
