/**
 * A planted lie: a target, a generator or a record that makes an event look better than it was. No
 * lie may be held.
 *
 * Each lie names the one check that catches it. The test judges the lie with all checks, and again
 * without that one: then it must hold. So a lie that some other check catches by accident, or a
 * check that catches nothing, fails the test.
 */
import type { Finding, Verdict } from "../../harness/record/verdict.ts";

/**
 * What came of an experiment: the findings of its verdict, or the problems for which `plan` refused
 * it; or what a comparison of runs says with the check, and what it would say without.
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
   * What a comparison says in the lie's stead; else the id of the finding that catches it, or the
   * part of a refusal that does.
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

/** Lies of one kind, with the honest controls beside them. */
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
 * The problems for which `planning` was refused; throws when it was accepted for a lie, or failed
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
