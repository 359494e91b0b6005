/**
 * How often each experiment of the catalogue ended as expected in repeated runs, and how close its
 * figures came to their limits.
 */
import { allowanceUsed } from "../../harness/record/run-index.ts";
import { defencesOf, refutedAsExpected, type Reliance } from "../../harness/plan/reliance.ts";
import type { Comparison } from "../../harness/claims/claim.ts";
import type { Experiment } from "../../harness/experiment/experiment.ts";
import type { Finding, Status, Verdict } from "../../harness/record/verdict.ts";
import { inTierOrder } from "../../harness/experiment/suite.ts";
import { formatAgainst, formatComparison, formatValue } from "../../harness/phrases/format.ts";

/** An experiment with all its defences, or without one of them. */
export interface Kind {
  readonly experiment: string;
  readonly without: string | null;
}

/**
 * Every experiment with all its defences, and without each that it relies on, in the order of
 * tiers.
 */
export function kindsOf(experiments: readonly Experiment[]): Kind[] {
  return inTierOrder(experiments.map((experiment) => ({ experiment }))).flatMap(({ experiment }) =>
    [null, ...defencesOf(experiment)].map((without) => ({ experiment: experiment.name, without })),
  );
}

/** One run on real processes, as in `runs.ndjson`. */
export interface Repeat extends Kind {
  /** Content hashes of the target and the harness. */
  readonly version: string;
  readonly status: Status;
  /**
   * External disturbances of the machine (stolen time, a clock change). Such a run counts neither
   * way.
   */
  readonly denied: string;
  /** Held with all defences. Without one, refuted for a claim that needs it. */
  readonly asItMust: boolean;
  /** From start to end, including deployment and teardown. */
  readonly seconds: number;
  /** The run's id. Missing in the oldest records. */
  readonly run?: string;
  /**
   * By id of each claim that used any of its limit: the phase in which it used most. Without a
   * defence, only the claims that the defence protects.
   */
  readonly figures: Readonly<Record<string, Figure>>;
  /** Why it did not end as expected. */
  readonly why: string;
}

export interface Figure {
  /** The title of the claim at that time. */
  readonly title: string;
  /** Null: the expected samples were absent. */
  readonly observed: number | null;
  readonly comparison: Comparison;
  readonly limit: number;
  readonly unit: string;
  /**
   * The used share of the limit; above 1 the claim is violated. Null: violated beyond any share,
   * such as 0 where 20 are required.
   */
  readonly used: number | null;
}

export interface Circumstances {
  readonly version: string;
  readonly seconds: number;
}

export function repeatOf(
  verdict: Verdict,
  reliances: readonly Reliance[],
  { version, seconds }: Circumstances,
): Repeat {
  const without = verdict.without[0] ?? null;
  const protectedClaims = reliances.find(({ defence }) => defence === without)?.refutes ?? [];
  const asItMust =
    without === null
      ? verdict.status === "held"
      : verdict.status === "refuted" &&
        refutedAsExpected(protectedClaims, verdict.findings).length > 0;
  const figures: Record<string, Figure> = {};
  for (const finding of verdict.findings) {
    const figure =
      without === null || protectedClaims.some(({ id }) => id === finding.id)
        ? figureOf(finding)
        : null;
    if (figure !== null && usedOf(figure) > usedOf(figures[finding.id]))
      figures[finding.id] = figure;
  }
  return {
    experiment: verdict.experiment,
    without,
    version,
    status: verdict.status,
    asItMust,
    denied: deniedIn(verdict.findings),
    seconds: Math.round(seconds),
    run: verdict.runId,
    figures,
    why: asItMust ? "" : verdict.why,
  };
}

function deniedIn(findings: readonly Finding[]): string {
  const taken = findings.filter(
    ({ kind, subject, status }) =>
      kind === "evidence" && subject === "machine" && status !== "held",
  );
  return (taken.find(({ id }) => id !== "machine.clock") ?? taken[0])?.why ?? "";
}

function figureOf(finding: Finding): Figure | null {
  const { title, observed, comparison, limit, unit } = finding;
  const used = allowanceUsed(finding);
  if (
    finding.kind === "evidence" ||
    comparison === null ||
    limit === null ||
    (used === null && finding.status !== "refuted")
  )
    return null;
  return { title, observed, comparison, limit, unit, used };
}

/** For comparison: without a figure, nothing was used. */
function usedOf(figure: Figure | undefined): number {
  return figure === undefined ? 0 : (figure.used ?? Infinity);
}

/** The runs of a kind without external disturbance. */
export function counting(kind: Kind, runs: readonly Repeat[]): Repeat[] {
  return runs.filter(
    (run) =>
      run.experiment === kind.experiment && run.without === kind.without && run.denied === "",
  );
}

/** The newest runs that ended as expected, back to the first that did not. */
export function inARow(kind: Kind, runs: readonly Repeat[]): number {
  const own = counting(kind, runs);
  return own.length - 1 - own.findLastIndex(({ asItMust }) => !asItMust);
}

/** One row per kind, in their order; `runs` oldest first. */
export function repeatedTable(kinds: readonly Kind[], runs: readonly Repeat[]): string {
  const rows = kinds.map((kind) => row(kind, counting(kind, runs), inARow(kind, runs)));
  return [
    "| experiment | without | as it must | in a row | seconds | nearest to its limit, or " +
      "farthest beyond |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function row({ experiment, without }: Kind, runs: readonly Repeat[], streak: number): string {
  const right = runs.filter(({ asItMust }) => asItMust);
  const seconds = right.map((run) => run.seconds);
  const cells = [
    `\`${experiment}\``,
    without === null ? "" : `\`${without}\``,
    `${right.length} of ${runs.length}`,
    String(streak),
    seconds.length === 0 ? "" : span(String(Math.min(...seconds)), String(Math.max(...seconds))),
    farthest(right, without),
  ];
  return `| ${cells.join(" | ")} |`;
}

/**
 * The claim that used most in any of the runs, and its figures in all runs with the present limit.
 */
function farthest(runs: readonly Repeat[], without: string | null): string {
  const all = runs.flatMap(({ figures }) => Object.entries(figures));
  const today = new Map(all.map(([id, { limit }]) => [id, limit]));
  const known = all.filter(([id, { limit }]) => limit === today.get(id));
  const id = known.sort(([, one], [, other]) => usedOf(other) - usedOf(one))[0]?.[0];
  if (id === undefined)
    return without === null && runs.length > 0 ? "nothing that a limit allows was used up" : "";
  const figures = known.filter(([of]) => of === id).map(([, figure]) => figure);
  const [least, most] = [figures.at(-1), figures[0]];
  if (least === undefined || most === undefined) return "";
  const shown = ({ observed, limit, unit }: Figure): string =>
    observed === null ? "not seen" : formatAgainst(observed, limit, unit).observed;
  const unused = runs.filter(({ figures: own }) => own[id] === undefined).length;
  const spared = without === null && unused > 0 ? `, in ${unused} of ${runs.length} nothing` : "";
  const title = all.findLast(([of]) => of === id)?.[1].title;
  return (
    `${title}: ${span(shown(least), shown(most))}${spared} ` +
    `(${formatComparison(most.comparison)} ${formatValue(most.limit, most.unit)})`
  );
}

const span = (from: string, to: string): string => (from === to ? from : `${from} to ${to}`);
