/**
 * Executes the steps of a day in order, with a decision of people before each. It does not depend
 * on an open page.
 */
import { exitCodes } from "../base/errors.ts";
import type { Day, Outcome } from "./day/day.ts";
import { stepsLeft } from "./day/day-state.ts";
import { nameOf } from "./day/judge-day.ts";
import { DayStopped, type Desk, type Log } from "./desk.ts";

/** A person said no-go, or did not answer, while the target was held under its everyday load. */
export class NoGo extends Error {
  constructor(why: string) {
    super(why);
    this.name = "NoGo";
  }
}

/**
 * Runs one step to its end, including heal and teardown, whatever happens. `hold` rejects if the
 * step must not continue.
 */
export type RunStep = (
  step: number,
  hold: ((signal: AbortSignal) => Promise<void>) | null,
  signal: AbortSignal,
) => Promise<Outcome>;

export interface DayWorld {
  readonly log: Log;
  readonly desk: Desk;
  readonly run: RunStep;
  /** Explains a failure that is not part of a record. */
  explain(error: unknown): { readonly why: string; readonly exitCode: number };
}

/** Never rejects because of a step; `outside` aborts when the terminal ends the day. */
export async function conductDay(day: Day, world: DayWorld, outside: AbortSignal): Promise<void> {
  const { log, desk } = world;
  log.append({ kind: "opened", again: desk.state.questionsAsked > 0 });
  const byTerminal = (): void => desk.stop({ role: "terminal", name: null });
  if (outside.aborted) byTerminal();
  outside.addEventListener("abort", byTerminal);
  try {
    for (const step of stepsLeft(desk.state)) {
      const problem = await takeStep(day, step, world);
      if (problem === null) continue;
      log.append({ kind: "closed", why: problem });
      return;
    }
    log.append({ kind: "closed", why: "all steps are done" });
  } finally {
    outside.removeEventListener("abort", byTerminal);
  }
}

/** Null if the day continues, otherwise the reason why not. */
async function takeStep(day: Day, step: number, world: DayWorld): Promise<string | null> {
  const { log, desk } = world;
  const { waitMsMax } = day.steps[step] as Day["steps"][number];
  try {
    if ((await desk.ask(step, "start", waitMsMax, desk.stopped)) === "no-go") {
      log.append({ kind: "ended", step, outcome: leftOut(`skipped: ${refusedBy(desk)}`) });
      return null;
    }
  } catch (error) {
    if (error instanceof DayStopped) return error.message;
    throw error;
  }
  log.append({ kind: "began", step });
  const outcome = await outcomeOf(day, step, world);
  log.append({ kind: "ended", step, outcome });
  if (desk.stopped.aborted) return (desk.stopped.reason as DayStopped).message;
  if (outcome.cleanup === "incomplete")
    return "not everything could be undone: `seawall recover` tries again";
  return outcome.exitCode === exitCodes.internal ? `step ${step + 1} failed: ${outcome.why}` : null;
}

async function outcomeOf(
  day: Day,
  step: number,
  { desk, run, explain }: DayWorld,
): Promise<Outcome> {
  const holdMsMax = day.steps[step]?.holdMsMax ?? null;
  let refused: NoGo | null = null;
  const hold =
    holdMsMax === null
      ? null
      : async (signal: AbortSignal): Promise<void> => {
          if ((await desk.ask(step, "hold", holdMsMax, signal)) === "go") return;
          refused = new NoGo(`stopped before any fault: ${refusedBy(desk)}`);
          throw refused;
        };
  try {
    const outcome = await run(step, hold, desk.stopped);
    // The record contains the abort. Only the day knows that it was decided at its own point,
    // before any fault.
    return refused === null
      ? outcome
      : {
          ...leftOut((refused as NoGo).message),
          cleanup: outcome.cleanup,
          ...(outcome.cleanup === "incomplete" ? { exitCode: exitCodes.cleanupIncomplete } : {}),
        };
  } catch (error) {
    const { why, exitCode } = explain(error);
    return {
      result: null,
      why,
      exitCode,
      aborted: desk.stopped.aborted ? "user" : null,
      cleanup: null,
    };
  }
}

function leftOut(why: string): Outcome {
  return { result: null, why, exitCode: exitCodes.inconclusive, aborted: null, cleanup: null };
}

function refusedBy({ state: { answeredBy } }: Desk): string {
  return answeredBy === null || answeredBy.role === "nobody"
    ? "no answer in time"
    : `no-go by ${nameOf(answeredBy)}`;
}
