/** The parts of which shapes of claims are made, for all statistics alike. */
import { z } from "zod";
import { phases } from "../base/phases.ts";

export const phase = z.enum(phases);
export const tags = z.record(z.string(), z.string());
export const selector = z.object({ metric: z.string(), where: tags.optional() });

/** A day. Timers hold 2^31 - 1 ms, which is 24.8 days; nobody watches a phase for so long. */
const msMax = 86_400_000;
export const wholeMs = () =>
  z.number().int("whole milliseconds").max(msMax, "at most a day, 86400000 ms");
export const positiveMs = wholeMs().positive();

/** Of a claim or a recovery. */
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
