/** What the judge answers. */
import type { AbortReason } from "./events.ts";
import type { Fact } from "./facts.ts";
import type { Comparison } from "../claims/claim.ts";
import type { Phase } from "../base/phases.ts";

export type Status = "held" | "refuted" | "inconclusive";

/** One thing that was asked of the record, and the answer as data. */
export interface Judged {
  /**
   * `claim` and `recovery` come from the experiment, `evidence` from the rule that a verdict is
   * never kinder than the record.
   */
  readonly kind: "claim" | "recovery" | "evidence";
  /**
   * Stable and dotted: `generator.on-time`, `claim.live-is-served`. With `phase` it is unique in a
   * verdict.
   */
  readonly id: string;
  /**
   * Whom the status speaks of: `target`, `generator`, `prober`, `machine`, `record`, `faults`, …,
   * or `service:NAME`. A claim that the generator's stalls leave open has the subject `generator`.
   */
  readonly subject: string;
  /** The experiment's own, of a claim and of a recovery. The title of a rule is a phrase. */
  readonly title: string | null;
  readonly status: Status;
  readonly phase: Phase | null;
  readonly observed: number | null;
  readonly comparison: Comparison | null;
  readonly limit: number | null;
  /** Of `observed` and `limit`: `ms`, `/s`; `share` is a fraction 0…1. Empty for none. */
  readonly unit: string;
  readonly samples: number;
  /** Why it has this status. */
  readonly values: readonly Fact[];
}

/** The same, put into words by `phrases/verdict.ts`. */
export interface Finding extends Judged {
  readonly title: string;
  /** The values as clauses. */
  readonly why: string;
}

export interface Verdict {
  readonly format: "seawall-verdict/1";
  readonly runId: string;
  readonly experiment: string;
  readonly without: readonly string[];
  readonly seed: number;
  readonly status: Status;
  /** The decisive finding in one sentence. */
  readonly why: string;
  readonly aborted: { readonly reason: AbortReason; readonly detail: string } | null;
  readonly cleanup: {
    readonly status: "clean" | "incomplete" | "unknown";
    readonly left: readonly string[];
  };
  readonly findings: readonly Finding[];
  readonly rerun: string;
  /**
   * In verdict.json: hashes of the record that it is of, and of itself. Missing elsewhere, and in
   * older files.
   */
  readonly of?: { readonly record: string; readonly check: string } | undefined;
}
