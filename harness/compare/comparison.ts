/** The result of a comparison as plain data: a baseline, and each other side against it. */
import { comparability, type JudgedRun, sideName } from "./comparable.ts";
import { startOfRunId } from "../record/run-index.ts";
import { subjectOf } from "../record/subject.ts";
import type { Status } from "../record/verdict.ts";
import { claimOutcomes, type ClaimOutcome } from "./claims-changed.ts";
import { type Change, compareSides, defaults } from "./compare.ts";
import { enoughRuns } from "./enough-runs.ts";
import { unsharedOf } from "./quantities.ts";
import { silentSides } from "./silent-sides.ts";

export interface SideRun {
  readonly id: string;
  readonly directory: string;
  readonly status: Status;
  readonly startedAtMs: number | null;
  readonly seed: number;
  readonly without: readonly string[];
  /** The version of Seawall. */
  readonly version: string | null;
  /**
   * The version of the target: stated by its user, or a hash of its sources. Null for records
   * without one.
   */
  readonly targetVersion: string | null;
  /** What was tested, as its user knows it; null where nothing was said. */
  readonly subject: string | null;
}

export interface Side {
  /** A is the baseline; B, C, … are the others. */
  readonly name: string;
  readonly runs: readonly SideRun[];
}

/**
 * `mixed`: something is worse and something is better. `none`: runs that could show a difference
 * show none. `undecided`: too few runs, or one side lacks a figure of the other.
 */
export type Outcome = "worse" | "better" | "mixed" | "different" | "none" | "undecided";

/** One side against the baseline. */
export interface Against {
  readonly side: Side;
  readonly outcome: Outcome;
  readonly claims: readonly ClaimOutcome[];
  readonly changes: readonly Change[];
  /**
   * Whether the sides have enough runs for a test to distinguish a change from run-to-run
   * variation.
   */
  readonly enough: boolean;
  /** User-facing figures that not every run recorded. */
  readonly unshared: readonly string[];
}

export interface Comparison {
  readonly experiment: string;
  readonly title: string;
  readonly substrate: string;
  readonly topology: string;
  readonly baseline: Side;
  readonly others: readonly Against[];
  /** Reservations that are shown next to every number. */
  readonly marked: readonly string[];
}

/**
 * `sides`: the baseline first. Call {@link comparability} before, and do not pass what it refuses.
 */
export function comparisonOf(sides: readonly (readonly JudgedRun[])[]): Comparison {
  const runs = sides.map((side) => side.map(({ run }) => run));
  const [a = [], ...others] = runs;
  const verdicts = sides.map((side) => side.map(({ verdict }) => verdict));
  const changes = compareSides(a, others);
  const described = sides.map((side, index) => ({
    name: sideName(index),
    runs: side.map(sideRun),
  }));
  const [plan] = a.map((run) => run.plan);
  return {
    experiment: plan?.experiment ?? "",
    title: plan?.title ?? "",
    substrate: plan?.substrate ?? "",
    topology: plan?.topology ?? "",
    baseline: described[0] ?? { name: sideName(0), runs: [] },
    others: others.map((_runs, index) => {
      const claims = claimOutcomes(verdicts[0] ?? [], verdicts[index + 1] ?? [], {
        ...defaults,
        comparisons: others.length,
      });
      const [found, b] = [changes[index] ?? [], others[index] ?? []];
      const enough = enoughRuns(a.length, b.length, defaults.alpha);
      const unshared = unsharedOf([...a, ...b]);
      const decided = enough && unshared.length === 0;
      // A side that held before and recorded nothing now needs no statistics.
      const silent = silentSides([sides[0] ?? [], sides[index + 1] ?? []]).length > 0;
      return {
        side: described[index + 1] ?? { name: sideName(index + 1), runs: [] },
        outcome: silent ? "worse" : outcomeOf(claims, found, decided),
        claims,
        changes: found,
        enough,
        unshared,
      };
    }),
    marked: comparability(runs).marked,
  };
}

function sideRun({ run, verdict }: JudgedRun): SideRun {
  const started = run.events.find((event) => event.kind === "started");
  return {
    id: run.id,
    directory: run.directory,
    status: verdict.status,
    startedAtMs: startOfRunId(run.id) ?? started?.atMs ?? null,
    seed: run.plan.seed,
    without: run.plan.without,
    version: started?.versions["seawall"] ?? null,
    targetVersion: run.plan.versionGiven ?? run.plan.targetVersion ?? null,
    subject: subjectOf(run.plan),
  };
}

function outcomeOf(
  claims: readonly ClaimOutcome[],
  changes: readonly Change[],
  decided: boolean,
): Outcome {
  const is = (outcome: Change["outcome"]): boolean =>
    changes.some((change) => change.outcome === outcome);
  const worse = is("worse") || claims.some((claim) => claim.turned === "worse");
  const better = is("better") || claims.some((claim) => claim.turned === "better");
  if (worse && better) return "mixed";
  if (worse || better) return worse ? "worse" : "better";
  if (is("different")) return "different";
  // A claim whose status changed in too few runs shows neither a difference nor the absence of one.
  return decided && claims.every((claim) => !claim.changed || claim.tellable)
    ? "none"
    : "undecided";
}

/** Whether any side is worse in any respect; decides the gate and the exit status. */
export function isWorse({ others }: Comparison): boolean {
  return others.some(({ outcome }) => outcome === "worse" || outcome === "mixed");
}

/** Whether some side has too few runs, or too little data, for a result. */
export function isUndecided({ others }: Comparison): boolean {
  return others.some(({ outcome }) => outcome === "undecided");
}

/** As JSON for programs. Infinite values are null, because JSON has no infinity. */
export function comparisonDocument(comparison: Comparison): object {
  const bounded = (value: number): number | null => (Number.isFinite(value) ? value : null);
  const others = comparison.others.map((against) => ({
    ...against,
    changes: against.changes.map((change) => ({
      ...change,
      interval:
        change.interval === null
          ? null
          : { low: bounded(change.interval.low), high: bounded(change.interval.high) },
    })),
  }));
  return { format: "seawall-comparison/1", ...comparison, others };
}
