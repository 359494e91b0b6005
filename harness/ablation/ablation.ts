/**
 * Ablation of defences: every experiment must hold with all of them, and be refuted, for a claim
 * that the defence protects, without each of those that it relies on. Pure: it looks at what came
 * of the runs.
 */
import { ablation, unneeded as unneededText } from "../phrases/ablation.ts";
import type { NamedClaim } from "../record/claim-ids.ts";
import type { Status } from "../record/verdict.ts";

/** One run of the matrix, or why there was none. */
export interface AblationRun {
  readonly experiment: string;
  readonly topology: string;
  /** Null: all defences were on. */
  readonly without: string | null;
  /** Null: it was not run. */
  readonly status: Status | null;
  readonly why: string;
  /** Claims of which one must be refuted; of a run with all defences, none. */
  readonly expected: readonly NamedClaim[];
  /** All that were refuted. */
  readonly refuted: readonly NamedClaim[];
  /** Doubts about the record, by title. */
  readonly doubts: readonly string[];
  /** How often it was run until it could be judged. */
  readonly attempts: number;
  /** Taken from the record instead of run. */
  readonly reused: boolean;
  readonly seconds: number;
  readonly runId: string | null;
  readonly directory: string | null;
}

/**
 * Of a run with all defences: `held` is good. Of a control: `refuted` for an expected claim is
 * good, `green` and `otherClaim` prove nothing about the defence. `undecided`: it could not be
 * judged; `notRun`: it could not, or need not, be run.
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
  /** Those of the expected claims that were refuted. */
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
 * `unneeded`: defences that no experiment of the whole catalogue relies on; empty when only a part
 * of it was asked.
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
