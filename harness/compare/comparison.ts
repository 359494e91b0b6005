/** Everything that a comparison says, as plain data: a baseline, and each other side against it. */
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
  /** Of Seawall. */
  readonly version: string | null;
  /**
   * Of the target: as its user states it, else a hash of what it is made of; null in records of
   * runs that kept none.
   */
  readonly targetVersion: string | null;
  /** What was tested, as its user knows it; null where nothing was said. */
  readonly subject: string | null;
}

export interface Side {
  /** A is the baseline; B, C… */
  readonly name: string;
  readonly runs: readonly SideRun[];
}

/**
 * `mixed`: something is worse and something better. `none`: no difference is shown by runs that
 * could have shown one. `undecided`: the runs are too few, or one side did not record what the
 * other did.
 */
export type Outcome = "worse" | "better" | "mixed" | "different" | "none" | "undecided";

/** One side against the baseline. */
export interface Against {
  readonly side: Side;
  readonly outcome: Outcome;
  readonly claims: readonly ClaimOutcome[];
  readonly changes: readonly Change[];
  /** The sides have runs enough for a test to tell a change from what differs between runs. */
  readonly enough: boolean;
  /** What users see and not every run recorded. */
  readonly unshared: readonly string[];
}

export interface Comparison {
  readonly experiment: string;
  readonly title: string;
  readonly substrate: string;
  readonly topology: string;
  readonly baseline: Side;
  readonly others: readonly Against[];
  /** What has to be known beside every number. */
  readonly marked: readonly string[];
}

/** `sides`: the baseline first; what {@link comparability} refuses must not come here. */
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
      // From held to nothing that was recorded needs no statistics.
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
  // A claim that came out otherwise in so few runs is neither a difference nor none.
  return decided && claims.every((claim) => !claim.changed || claim.tellable)
    ? "none"
    : "undecided";
}

/** Whether anything is worse anywhere: what a gate, and the exit status, ask. */
export function isWorse({ others }: Comparison): boolean {
  return others.some(({ outcome }) => outcome === "worse" || outcome === "mixed");
}

/** Whether the runs of some side are too few, or hold too little, to say anything. */
export function isUndecided({ others }: Comparison): boolean {
  return others.some(({ outcome }) => outcome === "undecided");
}

/**
 * As it is written for programs: what is beyond all bounds is null there, as JSON has no infinity.
 */
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
