/** The summary of each run in the index: small enough to read hundreds at once. */
import type { Finding, Status } from "./verdict.ts";
import type { SubstrateName } from "./substrates.ts";

export interface IndexedClaim {
  /** Identifies the claim from run to run, whatever its title. */
  readonly id: string;
  readonly title: string;
  readonly phase: string;
  readonly status: Status;
  /** The used fraction of what the limit allows: 1 is at the limit. Null if unknown. */
  readonly used: number | null;
}

export interface IndexedRun {
  /** Relative to the folder of runs, with slashes: `origin-storm/20261121T150405Z-1a2b3c4d`. */
  readonly path: string;
  readonly runId: string;
  readonly experiment: string;
  readonly tier: string;
  readonly substrate: SubstrateName;
  readonly target: string;
  readonly topology: string;
  /** The version of the target's code, if known. */
  readonly targetVersion: string | null;
  /** What was tested, as its user knows it; null where nothing was said. */
  readonly subject: string | null;
  /** The version of Seawall. */
  readonly version: string | null;
  readonly seed: number;
  readonly without: readonly string[];
  readonly status: Status;
  readonly why: string;
  readonly aborted: boolean;
  /** Null if neither the run's name nor its record contains it. */
  readonly startedAtMs: number | null;
  readonly hasReport: boolean;
  readonly claims: readonly IndexedClaim[];
}

export interface BrokenRun {
  readonly path: string;
  readonly why: string;
}

/** A page next to the runs: a comparison or a game day. */
export interface IndexedPage {
  readonly path: string;
  readonly title: string;
  readonly writtenAtMs: number;
}

export interface RunIndex {
  /** Newest first. */
  readonly runs: readonly IndexedRun[];
  readonly broken: readonly BrokenRun[];
  readonly pages: readonly IndexedPage[];
}

/**
 * The allowance of a share is the distance of its limit from 1: a value of 99.95 % has used half of
 * a limit of 99.9 %.
 */
export function allowanceUsed({
  observed,
  limit,
  comparison,
  unit,
}: Pick<Finding, "observed" | "limit" | "comparison" | "unit">): number | null {
  if (observed === null || limit === null || comparison === null || observed < 0 || limit < 0)
    return null;
  if (comparison === "==") return observed === limit ? 0 : null;
  if (comparison === "<" || comparison === "<=")
    return limit === 0 ? (observed === 0 ? 0 : null) : observed / limit;
  if (unit === "share" && limit < 1) return (1 - observed) / (1 - limit);
  return observed === 0 ? null : limit / observed;
}

/** `20261121T150405Z-…` began at that time. */
export function startOfRunId(runId: string): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(runId);
  if (parts === null) return null;
  const ms = Date.parse(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}Z`);
  return Number.isNaN(ms) ? null : ms;
}

/** Whether the verdict is the expected one: refuted for a control, held for any other run. */
export function isAsExpected({ status, without }: Pick<IndexedRun, "status" | "without">): boolean {
  return status === (without.length > 0 ? "refuted" : "held");
}
