/**
 * A planted lie: a target, a generator or a record that makes an event look better than it was. No
 * lie may be held.
 *
 * Each lie names the one check that catches it. The test judges the lie with all checks, and again
 * without that one, after which it must hold. A lie that another check happens to catch therefore
 * fails the test, and so does a check that catches nothing.
 */
import type { Finding, Verdict } from "../../harness/record/verdict.ts";

/**
 * The result of an experiment: the findings of its verdict, or the problems for which `plan`
 * refused it. For a comparison of runs: its result with the check, and without.
 */
export type Outcome =
  | { readonly findings: readonly Finding[] }
  | { readonly refusals: readonly string[] }
  | { readonly says: string; readonly without: string };

export interface Lie {
  /** Lower-case words joined by hyphens; unique among all lies. */
  readonly name: string;
  /** One sentence: what lies, and how. */
  readonly says: string;
  /**
   * The correct result of a comparison. Otherwise the id of the finding that catches the lie, or a
   * part of the refusal.
   */
  readonly caughtBy: string;
  readonly plant: () => Outcome | Promise<Outcome>;
}

/**
 * The same without the lie, or as odd as honest systems are: slow, lossy, restarted. It must be
 * held, or accepted by `plan`.
 */
export interface Honest {
  readonly name: string;
  readonly says: string;
  readonly plant: () => Outcome | Promise<Outcome>;
}

/** Lies of one kind, with their honest controls. */
export interface LieGroup {
  readonly title: string;
  /** `hermetic` groups start nothing; `process` groups start real services. */
  readonly runs: "hermetic" | "process";
  readonly lies: readonly Lie[];
  readonly honest: readonly Honest[];
}

/** The outcome of a verdict. */
export function judged({ findings }: Pick<Verdict, "findings">): Outcome {
  return { findings };
}

/**
 * The problems for which `planning` was refused. Throws if a lie was accepted, or if it failed
 * otherwise.
 */
export function planned(planning: () => unknown): Outcome {
  try {
    planning();
  } catch (error) {
    if ((error as { code?: unknown }).code !== "PLAN_REFUSED") throw error;
    return {
      refusals: (error as Error).message
        .split("\n")
        .slice(1)
        .map((line) => line.replace(/^\s*- /, "")),
    };
  }
  return { refusals: [] };
}
