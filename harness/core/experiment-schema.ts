/** The shape of an experiment, checked at run time: an experiment file is input, whatever its types say. */
import { z } from "zod";
import { phases } from "./experiment.ts";
import { faultShape } from "../faults/faults.ts";
import { lanes } from "./target.ts";
import { tierNames } from "./tiers.ts";

const phase = z.enum(phases);
/** k6 counts in tenths: less would be rounded to nothing. */
const ratePerSecondMin = 0.1;
const tags = z.record(z.string(), z.string());
const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens");
/** A day. Timers hold 2^31 - 1 ms, which is 24.8 days; nobody watches a phase for so long. */
const msMax = 86_400_000;
const wholeMs = () => z.number().int("whole milliseconds").max(msMax, "at most a day, 86400000 ms");
const positiveMs = wholeMs().positive();
export const perPhase = (value: z.ZodNumber) => z.object({ baseline: value, fault: value, recovery: value });
const selector = z.object({ metric: z.string(), where: tags.optional() });

const claimBase = {
  metric: z.string(), where: tags.optional(), title: z.string().min(1), comparison: z.enum(["<", "<=", ">", ">=", "=="]),
  limit: z.union([z.number().finite(), z.object({ of: phase, times: z.number().finite() })]),
  during: z.array(phase).min(1).refine((all) => new Set(all).size === all.length, "each phase once"), samplesMin: z.number().int().nonnegative(), unit: z.string().optional(),
};

export const claimShape = z.discriminatedUnion("statistic", [
  z.object({ ...claimBase, statistic: z.enum(["p50", "p95", "p99", "max", "mean", "sum", "count", "rate"]) }),
  z.object({ ...claimBase, statistic: z.literal("share"), having: tags }),
  z.object({ ...claimBase, statistic: z.literal("ratio"), per: z.object({ metric: z.string(), where: tags.optional(), times: z.number().finite().positive() }) }),
  z.object({ ...claimBase, statistic: z.literal("windowsWithout"), first: selector, windowMs: positiveMs, by: z.string().optional() }),
]);

export const loadShape = z.object({
  name, workload: name, exec: z.string().regex(/^[A-Za-z_]\w*$/), lane: z.enum(lanes),
  ratePerSecond: perPhase(z.number().finite().nonnegative().refine((rate) => rate === 0 || rate >= ratePerSecondMin, `0, or at least ${ratePerSecondMin}`)), vus: z.number().int().positive(),
});

export const recoveryShape = z.object({
  title: z.string().min(1), goodput: selector, having: tags, shareMin: z.number().min(0).max(1), ofBaselineMin: z.number().min(0).max(1),
  withinMs: positiveMs, windowMs: positiveMs,
});

export const stepShape = z.object({ atMs: wholeMs().nonnegative(), forMs: positiveMs, fault: faultShape });
export const abortShape = z.object({ unless: claimShape, windowMs: positiveMs });

const topology = z.object({ title: z.string(), layout: z.custom<() => unknown>((value) => typeof value === "function", "must be a function") }).loose();

export const experimentSchema = z.object({
  name,
  title: z.string().min(1),
  story: z.string().min(1),
  tier: z.enum(tierNames),
  target: z.object({ name: z.string(), defences: z.array(z.object({ name: z.string(), title: z.string() })), topologies: z.record(z.string(), topology) }).loose(),
  topology: z.string(),
  phasesMs: perPhase(positiveMs),
  load: z.array(loadShape).min(1),
  hypothesis: z.array(claimShape).min(1),
  recovery: recoveryShape.nullable(),
  method: z.array(stepShape),
  blastRadius: z.object({ services: z.array(z.string()), faultsAtOnceMax: z.number().int().positive() }),
  abortWhen: z.array(abortShape),
  reliesOn: z.union([z.array(z.string()), z.record(z.string(), z.array(z.string().min(1)).min(1))]),
  players: z.array(phase).max(4, "at most 4: each takes a fifth of a core and half a gigabyte").optional(),
  requires: z.array(name).optional(),
});

/** All that is wrong with the shape, as `where: what`. */
export function shapeProblems(value: unknown): string[] {
  const result = experimentSchema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map((issue) => `${issue.path.length === 0 ? "experiment" : issue.path.join(".")}: ${issue.message}`);
}
