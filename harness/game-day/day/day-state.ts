/**
 * The state of a day, computed from its events alone. It is the same after a reload, on every page,
 * and after a crash.
 */
import type { By, ClaimSoFar, DayEvent, Outcome, Point, Seen } from "./day.ts";

export interface Question {
  readonly question: number;
  readonly step: number;
  readonly point: Point;
  readonly untilMs: number;
}

export interface DayState {
  /**
   * `waiting` for an answer, `running` a step, `stopping` it on request, or `closed`. `between` is
   * none of these.
   */
  readonly status: "between" | "waiting" | "running" | "stopping" | "closed";
  /** The current step, or the last one. */
  readonly step: number | null;
  readonly question: Question | null;
  readonly outcomes: readonly (Outcome | null)[];
  /** The folder of each step's run, relative to the day's. */
  readonly runs: readonly (string | null)[];
  readonly answeredBy: By | null;
  readonly stoppedBy: By | null;
  readonly closedWhy: string | null;
  /** The phase of the current step's target; null between steps. */
  readonly phase: string | null;
  readonly phaseSinceMs: number | null;
  readonly faultsInForce: readonly { readonly index: number; readonly label: string }[];
  readonly claims: readonly ClaimSoFar[];
  readonly questionsAsked: number;
  readonly noteKeys: ReadonlySet<string>;
}

export function beginning(steps: number): DayState {
  return {
    status: "between",
    step: null,
    question: null,
    outcomes: new Array<null>(steps).fill(null),
    runs: new Array<null>(steps).fill(null),
    answeredBy: null,
    stoppedBy: null,
    closedWhy: null,
    phase: null,
    phaseSinceMs: null,
    faultsInForce: [],
    claims: [],
    questionsAsked: 0,
    noteKeys: new Set(),
  };
}

export function stateOf(steps: number, events: readonly DayEvent[]): DayState {
  return events.reduce(after, beginning(steps));
}

export function after(state: DayState, event: DayEvent): DayState {
  switch (event.kind) {
    // Questions that were open when a harness was killed are closed.
    case "opened":
      return {
        ...state,
        ...idle,
        status: "between",
        question: null,
        stoppedBy: null,
        closedWhy: null,
      };
    case "asked":
      return {
        ...state,
        status: state.status === "stopping" ? "stopping" : "waiting",
        step: event.step,
        question: event,
        questionsAsked: event.question,
      };
    case "answered":
      return state.question?.question !== event.question
        ? state
        : {
            ...state,
            question: null,
            answeredBy: event.by,
            status: afterAnswer(state, event.answer),
          };
    case "began":
      return {
        ...state,
        ...idle,
        status: "running",
        step: event.step,
        claims: [],
        outcomes: replaced(state.outcomes, event.step, null),
        runs: replaced(state.runs, event.step, null),
      };
    case "recording":
      return { ...state, runs: replaced(state.runs, event.step, event.directory) };
    case "saw":
      return seen(state, event.seen, event.atMs);
    case "claims":
      return { ...state, claims: event.claims };
    case "note":
      return { ...state, noteKeys: new Set(state.noteKeys).add(event.key) };
    case "stopped":
      return {
        ...state,
        stoppedBy: event.by,
        question: null,
        status:
          state.phase !== null || state.status === "running"
            ? "stopping"
            : state.status === "closed"
              ? "closed"
              : "between",
      };
    case "ended":
      return {
        ...state,
        ...idle,
        status: "between",
        question: null,
        outcomes: replaced(state.outcomes, event.step, event.outcome),
      };
    case "closed":
      return { ...state, ...idle, status: "closed", question: null, closedWhy: event.why };
    case "second":
      return state;
  }
}

const idle = { phase: null, phaseSinceMs: null, faultsInForce: [] } as const;

/**
 * A question within a run is answered by continuing or ending the run; it is still running either
 * way.
 */
function afterAnswer(state: DayState, answer: "go" | "no-go"): DayState["status"] {
  if (state.question?.point === "hold") return answer === "go" ? "running" : "stopping";
  return "between";
}

function seen(state: DayState, what: Seen, atMs: number): DayState {
  const entered = (phase: string): DayState => ({ ...state, phase, phaseSinceMs: atMs });
  switch (what.what) {
    case "deploying":
      return entered("bringing the target up");
    case "deployed":
      return entered("target is up");
    case "loadStarted":
    case "trouble":
      return state;
    case "phase":
      return entered(what.phase === "leadIn" ? "lead-in" : what.phase);
    case "injected":
      return what.evidence.landed
        ? {
            ...state,
            faultsInForce: [...state.faultsInForce, { index: what.index, label: what.label }],
          }
        : state;
    case "healed":
      return {
        ...state,
        faultsInForce: state.faultsInForce.filter(({ index }) => index !== what.index),
      };
    case "finished":
      return entered("judging");
  }
}

function replaced<T>(all: readonly T[], index: number, value: T): readonly T[] {
  return index in all ? all.with(index, value) : all;
}

/** The remaining steps: the first without an outcome, and those that were stopped or cut short. */
export function stepsLeft(state: DayState): readonly number[] {
  return state.outcomes.flatMap((outcome, step) =>
    outcome === null || outcome.aborted === "user" ? [step] : [],
  );
}
