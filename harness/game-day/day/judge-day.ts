/**
 * What a day came to: a pure function of its events and of its runs' verdicts. It is as good as its
 * worst step, and a step that was left out shows nothing.
 */
import { worse } from "../../base/errors.ts";
import { exitCodes } from "../../base/errors.ts";
import type { Status, Verdict } from "../../record/verdict.ts";
import type { By, Day, DayEvent, DayStep, Outcome } from "./day.ts";
import { stateOf } from "./day-state.ts";

export interface StepResult {
  readonly experiment: string;
  readonly without: readonly string[];
  readonly expect: "held" | "refuted";
  /** Of the run; null when there was none. */
  readonly status: Status | null;
  readonly asExpected: boolean;
  readonly why: string;
  readonly runId: string | null;
  /** Seen from the day's own folder. */
  readonly run: string | null;
  readonly exitCode: number;
}

export interface DayResult {
  readonly format: "seawall-day-result/1";
  readonly id: string;
  readonly name: string;
  readonly status: Status;
  readonly why: string;
  readonly exitCode: number;
  readonly answers: "people" | "yes";
  readonly stoppedBy: By | null;
  readonly steps: readonly StepResult[];
  readonly notes: number;
}

/** `verdicts`: for each step that of its run, as it is on disk; null without one. */
export function judgeDay(
  day: Day,
  events: readonly DayEvent[],
  verdicts: readonly (Verdict | null)[],
): DayResult {
  const state = stateOf(day.steps.length, events);
  const steps = day.steps.map((step, index) =>
    stepResult(
      step,
      state.outcomes[index] ?? null,
      verdicts[index] ?? null,
      state.runs[index] ?? null,
    ),
  );
  const stopped = state.stoppedBy !== null;
  const exitCode = worstOf([
    ...steps.map((step) => step.exitCode),
    ...(stopped ? [exitCodes.interrupted] : []),
  ]);
  return {
    format: "seawall-day-result/1",
    id: day.id,
    name: day.name,
    status: statusOf(steps),
    why: whyOf(steps, state.stoppedBy),
    exitCode,
    answers: day.answers,
    stoppedBy: state.stoppedBy,
    steps,
    notes: events.filter((event) => event.kind === "note").length,
  };
}

function stepResult(
  step: DayStep,
  outcome: Outcome | null,
  verdict: Verdict | null,
  run: string | null,
): StepResult {
  const common = {
    experiment: step.experiment,
    without: step.without,
    expect: step.expect,
    runId: verdict?.runId ?? null,
    run,
  };
  if (outcome === null) {
    return {
      ...common,
      status: verdict?.status ?? null,
      asExpected: false,
      why:
        run === null
          ? "the day ended before this step"
          : "the harness ended in the middle of this step",
      exitCode: exitCodes.inconclusive,
    };
  }
  // What was left out or let down has no status, whatever an unfinished record of it says.
  const status = outcome.result === null ? null : (verdict?.status ?? outcome.result);
  const asExpected =
    status === step.expect && outcome.aborted === null && outcome.cleanup !== "incomplete";
  return {
    ...common,
    status,
    asExpected,
    why: verdict === null || outcome.result === null ? outcome.why : verdict.why,
    exitCode: exitCodeOf(step, status, asExpected, outcome),
  };
}

/** A control is meant to be refuted; one that held is what a refuted step is elsewhere. */
function exitCodeOf(
  step: DayStep,
  status: Status | null,
  asExpected: boolean,
  outcome: Outcome,
): number {
  if (asExpected) return exitCodes.held;
  return step.expect === "refuted" &&
    status === "held" &&
    outcome.aborted === null &&
    outcome.cleanup !== "incomplete"
    ? exitCodes.refuted
    : outcome.exitCode;
}

/** Refuted beats inconclusive beats held, and whatever did not run is inconclusive. */
function statusOf(steps: readonly StepResult[]): Status {
  const each = steps.map(
    ({ status, expect, asExpected }): Status =>
      asExpected
        ? "held"
        : status === null || status === "inconclusive" || status === expect
          ? "inconclusive"
          : "refuted",
  );
  return each.includes("refuted")
    ? "refuted"
    : each.includes("inconclusive")
      ? "inconclusive"
      : "held";
}

function whyOf(steps: readonly StepResult[], stoppedBy: By | null): string {
  const fine = steps.filter((step) => step.asExpected).length;
  const others = steps.flatMap((step, index) =>
    step.asExpected ? [] : [`${index + 1} (${step.experiment}) ${surpriseOf(step)}`],
  );
  const stop = stoppedBy === null ? "" : ` The day was stopped by ${nameOf(stoppedBy)}.`;
  if (others.length === 0) return `All ${steps.length} steps ended as expected.${stop}`;
  return (
    `${fine} of ${steps.length} steps ended as expected; step ` +
    `${others.join("; step ")}.${stop}`
  );
}

/** `Anna (conductor)`. */
export function nameOf({ role, name }: By): string {
  return name === null ? role : `${name} (${role})`;
}

export function worstOf(codes: readonly number[]): number {
  return codes.reduce(worse, exitCodes.held);
}

/** What became of a step that did not end as expected, after its name. */
function surpriseOf({ status, expect }: StepResult): string {
  if (status === null) return "did not run";
  if (status === "inconclusive") return "is inconclusive";
  const verdict = status === "held" ? "held" : "was refuted";
  if (status === expect) return `${verdict}, but not to its end`;
  return expect === "refuted" ? `${verdict}, though a control must be refuted` : verdict;
}
