/** Comparisons that report the normal variation between runs as a change, or hide a change. */
import type { JudgedRun } from "../../harness/compare/comparable.ts";
import { claimOutcomes } from "../../harness/compare/claims-changed.ts";
import { type Comparison, comparisonOf } from "../../harness/compare/comparison.ts";
import { type MadeUp, madeUpRun } from "../support/compare/made-up-run.ts";
import type { Run } from "../../harness/record/run.ts";
import type { Status, Verdict } from "../../harness/record/verdict.ts";
import type { LieGroup, Outcome } from "./lie.ts";

type Served = "held" | "refuted";

function verdict(status: Served): Verdict {
  const finding = {
    kind: "claim",
    id: "claim.live",
    subject: "target",
    title: "Live is served",
    status,
    phase: "fault",
    observed: null,
    comparison: ">=",
    limit: 0.99,
    unit: "",
    samples: 100,
    why: "",
  };
  return { status, findings: [finding] } as unknown as Verdict;
}

function side(
  seed: number,
  runs: number,
  given: Partial<MadeUp> = {},
  served: Served = "held",
): JudgedRun[] {
  return Array.from({ length: runs }, (_, index) => ({
    run: madeUpRun({ seed: seed + index, ...given }),
    verdict: verdict(served),
  }));
}

function without(runs: readonly JudgedRun[], lane: string): JudgedRun[] {
  const kept = (run: Run): Run => ({
    ...run,
    series: run.series.filter(({ tags }) => tags["lane"] !== lane),
  });
  return runs.map(({ run, verdict: judged }) => ({ run: kept(run), verdict: judged }));
}

const against = (
  a: readonly JudgedRun[],
  b: readonly JudgedRun[],
): Comparison["others"][number] => {
  const [only] = comparisonOf([a, b]).others;
  if (only === undefined) throw new Error("nothing was compared");
  return only;
};

/** The result if sides of any size could show a difference. */
function byFigures({ changes }: Comparison["others"][number]): string {
  return changes.some(({ outcome, suspected }) => outcome === "worse" || suspected !== null)
    ? "worse"
    : "none";
}

/** One and the same target: a garbage collection paused the runs of B, not those of A. */
function paused(ofA: number, ofB: number): Outcome {
  const found = against(side(1, ofA), side(50, ofB, { slower: 3 }));
  return { says: found.outcome, without: byFigures(found) };
}

function turnedByChance(): Outcome {
  const of = (status: Status, runs: number): Verdict[] =>
    Array.from({ length: runs }, () => verdict(status as Served));
  const [claim] = claimOutcomes(of("held", 3), [...of("refuted", 1), ...of("held", 9)]);
  return {
    says: claim?.turned ?? "unproven",
    without: claim?.changed === true ? "worse" : "unproven",
  };
}

function collapse(): Outcome {
  const found = against(side(1, 1, {}, "held"), side(50, 1, {}, "refuted"));
  return { says: found.outcome, without: byFigures(found) };
}

function vanished(): Outcome {
  const found = against(side(1, 3), without(side(50, 3), "dvr"));
  return { says: found.outcome, without: byFigures(found) };
}

function honest(slower: number): Outcome {
  const found = against(side(1, 3), side(50, 3, { slower }));
  return { says: found.outcome, without: slower > 1 ? "worse" : "none" };
}

export const comparisons: LieGroup = {
  title: "comparisons of runs",
  runs: "hermetic",
  lies: [
    {
      name: "two-paused-runs",
      says: "calls two paused runs slower than two of the same version without a pause",
      caughtBy: "undecided",
      plant: () => paused(2, 2),
    },
    {
      name: "one-paused-run",
      says: "calls one paused run slower than three of the same version without a pause",
      caughtBy: "undecided",
      plant: () => paused(3, 1),
    },
    {
      name: "claim-turned-by-chance",
      says: "calls a claim refuted in one run of ten worse than one that held in three of three",
      caughtBy: "unproven",
      plant: turnedByChance,
    },
    {
      name: "collapse-of-one-run",
      says: "sees no difference between one run with a held claim and one with it refuted",
      caughtBy: "undecided",
      plant: collapse,
    },
    {
      name: "lane-not-recorded",
      says: "sees no difference in what one side no longer records",
      caughtBy: "undecided",
      plant: vanished,
    },
  ],
  honest: [
    {
      name: "twice-as-slow",
      says: "three runs a side, of which one side takes twice as long",
      plant: () => honest(2),
    },
    {
      name: "nothing-changed",
      says: "three runs a side of the same version",
      plant: () => honest(1),
    },
  ],
};
