/** The verdict: the result of the judge. */
import type { AbortReason } from "./events.ts";
import type { Fact } from "./facts.ts";
import type { Comparison } from "../claims/claim.ts";
import type { Phase } from "../base/phases.ts";

export type Status = "held" | "refuted" | "inconclusive";

/** One question to the record, and the answer as data. */
export interface Judged {
  /**
   * `claim` and `recovery` come from the experiment. `evidence` comes from the rules that keep a
   * verdict no more favourable than its record.
   */
  readonly kind: "claim" | "recovery" | "evidence";
  /**
   * Stable and dotted: `generator.on-time`, `claim.live-is-served`. Unique in a verdict together
   * with `phase`.
   */
  readonly id: string;
  /**
   * The subject of the status: `target`, `generator`, `prober`, `machine`, `record`, `faults`, …,
   * or `service:NAME`. A claim that generator stalls leave open has the subject `generator`.
   */
  readonly subject: string;
  /** The experiment's own title for a claim or a recovery. The title of a rule is a phrase. */
  readonly title: string | null;
  readonly status: Status;
  readonly phase: Phase | null;
  readonly observed: number | null;
  readonly comparison: Comparison | null;
  readonly limit: number | null;
  /** The unit of `observed` and `limit`: `ms`, `/s`; `share` is a fraction 0…1. Empty for none. */
  readonly unit: string;
  readonly samples: number;
  /** The reasons for the status. */
  readonly values: readonly Fact[];
}

/** A judged question in words, as made by `phrases/verdict.ts`. */
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
   * In verdict.json: hashes of the record that it is about, and of itself. Absent elsewhere, and in
   * older files.
   */
  readonly of?: { readonly record: string; readonly check: string } | undefined;
}
