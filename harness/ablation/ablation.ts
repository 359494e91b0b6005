/**
 * Ablation of defences. Every experiment must hold with all defences. Without each defence that it
 * relies on, it must be refuted for a claim that the defence protects. Pure: it evaluates the
 * results of the runs.
 */
import { ablation, unneeded as unneededText } from "../phrases/ablation.ts";
import type { NamedClaim } from "../record/claim-ids.ts";
import type { SubstrateName } from "../record/substrates.ts";
import type { Status } from "../record/verdict.ts";

/** One run of the matrix, or the reason why there was none. */
export interface AblationRun {
  readonly experiment: string;
  readonly topology: string;
  /** Null: all defences were on. */
  readonly without: string | null;
  /** Where the target ran; absent if it was not run. */
  readonly substrate?: SubstrateName;
  /** Null: it was not run. */
  readonly status: Status | null;
  readonly why: string;
  /** Claims of which one must be refuted; empty for a run with all defences. */
  readonly expected: readonly NamedClaim[];
  /** All refuted claims. */
  readonly refuted: readonly NamedClaim[];
  /** Doubts about the record, by title. */
  readonly doubts: readonly string[];
  /** The number of attempts until the run could be judged. */
  readonly attempts: number;
  /** Taken from a record instead of run. */
  readonly reused: boolean;
  readonly seconds: number;
  readonly runId: string | null;
  readonly directory: string | null;
}

/**
 * For a run with all defences, `held` is good. For a control, `refuted` for an expected claim is
 * good; `green` and `otherClaim` prove nothing about the defence. `undecided`: it could not be
 * judged. `notRun`: it could not be run, or did not need to be.
 */
export type Outcome =
  | "held"
  | "refuted"
  | "notHeld"
  | "green"
  | "otherClaim"
  | "undecided"
  | "notRun";

export interface Cell extends AblationRun {
  readonly outcome: Outcome;
  /** The expected claims that were refuted. */
  readonly as: readonly NamedClaim[];
}

export interface Complaint {
  readonly kind: Exclude<Outcome, "held" | "refuted"> | "unneeded";
  readonly text: string;
}

export interface Ablation {
  readonly rows: readonly {
    readonly experiment: string;
    readonly topology: string;
    readonly whole: Cell;
    readonly controls: readonly Cell[];
  }[];
  readonly complaints: readonly Complaint[];
}

export function cellOf(run: AblationRun): Cell {
  const refuted = new Set(run.refuted.map(({ id }) => id));
  const as = run.expected.filter(({ id }) => refuted.has(id));
  return { ...run, as, outcome: outcomeOf(run, as.length > 0) };
}

function outcomeOf({ status, without }: AblationRun, asExpected: boolean): Outcome {
  if (status === null) return "notRun";
  if (status === "inconclusive") return "undecided";
  if (without === null) return status === "held" ? "held" : "notHeld";
  if (status === "held") return "green";
  return asExpected ? "refuted" : "otherClaim";
}

/**
 * `unneeded`: defences that no experiment of the whole catalogue relies on; empty if only a part of
 * it was selected.
 */
export function ablationOf(runs: readonly AblationRun[], unneeded: readonly string[]): Ablation {
  const cells = runs.map(cellOf);
  const rows = [
    ...Map.groupBy(cells, (cell) => `${cell.experiment} ${cell.topology}`).values(),
  ].flatMap((group) => {
    const whole = group.find((cell) => cell.without === null);
    return whole === undefined
      ? []
      : [
          {
            experiment: whole.experiment,
            topology: whole.topology,
            whole,
            controls: group.filter((cell) => cell.without !== null),
          },
        ];
  });
  return {
    rows,
    complaints: [
      ...rows.flatMap(({ whole, controls }) => [whole, ...controls].flatMap(complaintsOf)),
      ...unneeded.map((defence) => ({ kind: "unneeded" as const, text: unneededText(defence) })),
    ],
  };
}

function complaintsOf(cell: Cell): Complaint[] {
  const { outcome } = cell;
  if (outcome === "held" || outcome === "refuted") return [];
  return [{ kind: outcome, text: ablation[outcome](cell) }];
}
