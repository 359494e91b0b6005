/**
 * The result of a day: a pure function of its events and of its runs' verdicts. A day is as good as
 * its worst step, and a skipped step shows nothing.
 */
import { worse } from "../../base/errors.ts";
import { exitCodes } from "../../base/errors.ts";
import { cutShort, dayWhy, notReached } from "../../phrases/game-day.ts";
import type { Status, Verdict } from "../../record/verdict.ts";
import type { By, Day, DayEvent, DayStep, Outcome } from "./day.ts";
import { stateOf } from "./day-state.ts";

export interface StepResult {
  readonly experiment: string;
  readonly without: readonly string[];
  readonly expect: "held" | "refuted";
  /** The status of the run; null if there was none. */
  readonly status: Status | null;
  readonly asExpected: boolean;
  readonly why: string;
  readonly runId: string | null;
  /** Relative to the day's folder. */
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

/** `verdicts`: per step, the verdict of its run on disk; null if there is none. */
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
    why: dayWhy(steps, state.stoppedBy === null ? null : nameOf(state.stoppedBy)),
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
      why: run === null ? notReached : cutShort,
      exitCode: exitCodes.inconclusive,
    };
  }
  // A skipped or failed step has no status, even if its incomplete record contains one.
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

/** A control must be refuted; a held control counts like a refuted step. */
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

/** Refuted beats inconclusive beats held, and a step that did not run is inconclusive. */
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

/** `Anna (conductor)`. */
export function nameOf({ role, name }: By): string {
  return name === null ? role : `${name} (${role})`;
}

export function worstOf(codes: readonly number[]): number {
  return codes.reduce(worse, exitCodes.held);
}
