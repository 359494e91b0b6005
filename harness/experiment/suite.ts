/** A suite: experiments that run together, and their order. */
import { z } from "zod";
import type { Experiment } from "./experiment.ts";
import { leadInMs, phases } from "../base/phases.ts";
import { unknownName } from "../base/nearest.ts";
import { tierOrder } from "./tiers.ts";

export interface Suite {
  readonly title: string;
  /**
   * On two idle cores, including the start and stop of targets. A test compares it with the
   * estimates of its plans.
   */
  readonly withinMinutes: number;
  /**
   * Names from the catalogue, or `*` for all of them. Give a topology if it differs from the
   * experiment's own. Tiers determine the order.
   */
  readonly runs: readonly (string | { readonly experiment: string; readonly topology: string })[];
}

/** Gives a suite file its static type. */
export function defineSuite(suite: Suite): Suite {
  return suite;
}

const suiteSchema = z.object({
  title: z.string().min(1),
  withinMinutes: z.number().positive(),
  runs: z.array(
    z.union([
      z.string().min(1),
      z.object({ experiment: z.string().min(1), topology: z.string().min(1) }),
    ]),
  ),
});

/** One run of a suite; `topology` is null for the experiment's own. */
export interface SuiteRun {
  readonly experiment: string;
  readonly topology: string | null;
}

/** All problems of a suite. */
export function suiteProblems(value: unknown, catalogue: readonly string[]): string[] {
  const shaped = suiteSchema.safeParse(value);
  if (!shaped.success)
    return shaped.error.issues.map(
      (issue) => `${issue.path.length === 0 ? "suite" : issue.path.join(".")}: ${issue.message}`,
    );
  const named = shaped.data.runs
    .map((run) => (typeof run === "string" ? run : run.experiment))
    .filter((name) => name !== "*");
  const unknown = named
    .filter((name) => !catalogue.includes(name))
    .map((name) => `runs: ${unknownName("experiment", name, catalogue)}`);
  return unknown.length === 0 && expand(shaped.data, catalogue).length === 0
    ? ["runs: it names no experiment"]
    : unknown;
}

/** Returns each run once. */
export function expand({ runs }: Pick<Suite, "runs">, catalogue: readonly string[]): SuiteRun[] {
  const all = runs.flatMap((run): SuiteRun[] => {
    if (typeof run !== "string") return [run];
    return (run === "*" ? catalogue : [run]).map((experiment) => ({ experiment, topology: null }));
  });
  return [...new Map(all.map((run) => [`${run.experiment} ${run.topology ?? ""}`, run])).values()];
}

/**
 * Sorts prerequisites before their dependents: lower tiers first, and within that, named
 * requirements first.
 */
export function inTierOrder<
  T extends { readonly experiment: Pick<Experiment, "name" | "tier" | "requires"> },
>(items: readonly T[]): T[] {
  const sorted = items.toSorted((a, b) => tierOrder(a.experiment.tier, b.experiment.tier));
  const placed = new Set<T>();
  const begun = new Set<T>();
  const place = (item: T): void => {
    if (begun.has(item)) return;
    begun.add(item);
    for (const name of item.experiment.requires ?? [])
      for (const needed of sorted) if (needed.experiment.name === name) place(needed);
    placed.add(item);
  };
  for (const item of sorted) place(item);
  return [...placed];
}

/** Default for a topology without `upMs`. */
const upMsUsual = 20_000;
/** Time after the load for the last users, the read-back, the judge and the report. */
const afterMs = 8_000;

/** Estimated duration of a run in ms on two idle cores, from the command to the verdict. */
export function plannedMs(
  experiment: Pick<Experiment, "phasesMs" | "target" | "topology">,
  topology: string | null = null,
): number {
  const { upMs = upMsUsual } = experiment.target.topologies[topology ?? experiment.topology] ?? {};
  return (
    upMs + leadInMs + phases.reduce((sum, phase) => sum + experiment.phasesMs[phase], 0) + afterMs
  );
}
