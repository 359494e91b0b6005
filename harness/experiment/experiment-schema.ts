/**
 * The zod shape of an experiment. It is checked at run time: an experiment file is input, whatever
 * its static types.
 */
import { z } from "zod";
import { ownId, phase, positiveMs, selector, tags, wholeMs } from "../claims/claim-shape.ts";
import { faultShape } from "../faults/faults.ts";
import type { Experiment, Load, Recovery, Step } from "./experiment.ts";
import type { Frozen, Same } from "../base/frozen.ts";
import { claimShape } from "../claims/statistics/registry.ts";
import { replayShape } from "./replay.ts";
import { tierNames } from "./tiers.ts";

/** k6 counts rates in tenths; a smaller rate would round to zero. */
const ratePerSecondMin = 0.1;
const name = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by hyphens");
export const perPhase = (value: z.ZodNumber) =>
  z.object({ baseline: value, fault: value, recovery: value });

const variable = z.string().regex(/^[A-Za-z_]\w*$/, "the name of a variable");

export { claimShape };

export const loadShape = z.object({
  name,
  workload: z.union([
    name,
    z.string().regex(/^\/.*\.[cm]?[jt]s$/, "a name, or the path of a script"),
  ]),
  exec: z.string().regex(/^[A-Za-z_]\w*$/),
  lane: name,
  ratePerSecond: perPhase(
    z
      .number()
      .finite()
      .nonnegative()
      .refine(
        (rate) => rate === 0 || rate >= ratePerSecondMin,
        `0, or at least ${ratePerSecondMin}`,
      ),
  ),
  vus: z.number().int().positive(),
  env: z.record(variable, z.string()).optional(),
  secrets: z.array(variable).optional(),
  replay: replayShape.optional(),
});

export const recoveryShape = z.object({
  id: ownId.optional(),
  title: z.string().min(1),
  goodput: selector,
  having: tags,
  shareMin: z.number().min(0).max(1),
  ofBaselineMin: z.number().min(0).max(1),
  withinMs: positiveMs,
  windowMs: positiveMs,
});

export const stepShape = z.object({
  atMs: wholeMs().nonnegative(),
  forMs: positiveMs,
  fault: faultShape,
});
export const abortShape = z.object({ unless: claimShape, windowMs: positiveMs });

const topology = z
  .object({
    title: z.string(),
    layout: z.custom<() => unknown>((value) => typeof value === "function", "must be a function"),
  })
  .loose();

export const experimentSchema = z.object({
  name,
  title: z.string().min(1),
  story: z.string().min(1),
  tier: z.enum(tierNames),
  target: z
    .object({
      name: z.string(),
      defences: z.array(z.object({ name: z.string(), title: z.string() })),
      topologies: z.record(z.string(), topology),
    })
    .loose(),
  topology: z.string(),
  phasesMs: perPhase(positiveMs),
  load: z.array(loadShape).min(1),
  hypothesis: z.array(claimShape).min(1),
  recovery: recoveryShape.nullable(),
  method: z.array(stepShape),
  blastRadius: z.object({
    services: z.array(z.string()),
    faultsAtOnceMax: z.number().int().positive(),
  }),
  abortWhen: z.array(abortShape),
  reliesOn: z.union([z.array(z.string()), z.record(z.string(), z.array(z.string().min(1)).min(1))]),
  players: z
    .array(phase)
    .max(4, "at most 4: each takes a fifth of a core and half a gigabyte")
    .optional(),
  requestsPerSecondMax: z.number().int().positive().optional(),
  requires: z.array(name).optional(),
});

/**
 * The handwritten types document each field, and the shapes validate it. This compiles only while
 * both are mutually assignable. A target's shape leaves most fields open.
 */
true satisfies Same<Load, Frozen<z.infer<typeof loadShape>>>;
true satisfies Same<Recovery, Frozen<z.infer<typeof recoveryShape>>>;
true satisfies Same<Step, Frozen<z.infer<typeof stepShape>>>;
true satisfies Same<
  Omit<Experiment, "target">,
  Frozen<Omit<z.infer<typeof experimentSchema>, "target">>
>;

/** All problems of the shape, as `where: what`. */
export function shapeProblems(value: unknown): string[] {
  const result = experimentSchema.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map(
    (issue) => `${issue.path.length === 0 ? "experiment" : issue.path.join(".")}: ${issue.message}`,
  );
}
