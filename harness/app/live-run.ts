/**
 * Shows the runs of a command live on the page of a game day: phases, faults, each second of the
 * load, and claims so far. The page asks no question. A person with the link may stop the runs.
 */
import { DayRunObserver, outcomeOf } from "./game-day/run-step.ts";
import { describeStep } from "./game-day/describe.ts";
import { MemoryLog } from "../game-day/memory-log.ts";
import { Desk } from "../game-day/desk.ts";
import { lastWordsMs, serveDay } from "../game-day/server.ts";
import type { Day, DayStep } from "../game-day/day/day.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { Planned } from "../plan/options.ts";
import type { Plan } from "../record/plan.ts";
import { RunAborted } from "../run/conductor.ts";
import { newRunId } from "../run/run-directory.ts";
import { realClock } from "../system/clock.ts";
import { thisMachine } from "./assemble-run.ts";
import type { Context } from "./context.ts";
import type { Outcome } from "./run-experiment.ts";
import type { RunObserver } from "./run-observer.ts";

export interface ShownRun {
  readonly name: string;
  readonly experiment: Experiment;
  readonly planned: Planned;
}

export interface LiveRuns extends AsyncDisposable {
  readonly link: string;
  /** Aborts as Ctrl-C does when a person presses stop. */
  readonly stopped: AbortSignal;
  begin(step: number, plan: Plan): RunObserver & Disposable;
  end(step: number, outcome: Outcome): void;
  /** The step was not run. */
  skip(step: number, why: string): void;
}

const watcher = { name: "watcher", may: ["stop"] } as const;

export async function showRuns(
  context: Context,
  runs: readonly ShownRun[],
  { seed, out, port }: { readonly seed: number; readonly out: string; readonly port: number },
): Promise<LiveRuns> {
  const clock = realClock();
  const log = new MemoryLog(() => clock.nowMs());
  const day = dayOf(context, runs, seed);
  const desk = new Desk(day, log, clock);
  const page = await serveDay({
    kind: "run",
    day,
    desk,
    log,
    directory: out,
    nowMs: () => clock.nowMs(),
    port,
  });
  const stopping = new AbortController();
  desk.stopped.addEventListener("abort", () =>
    stopping.abort(new RunAborted("user", (desk.stopped.reason as Error).message)),
  );
  log.append({ kind: "opened", again: false });
  return {
    link: page.linkOf(watcher.name),
    stopped: stopping.signal,
    begin: (step, plan) => {
      log.append({ kind: "began", step });
      const ready = { step: {} };
      return new DayRunObserver({ ready, step, log, directory: out, live: true, hold: null }, plan);
    },
    end: (step, outcome) => void log.append({ kind: "ended", step, outcome: outcomeOf(outcome) }),
    skip: (step, why) =>
      void log.append({
        kind: "ended",
        step,
        outcome: { result: null, why, exitCode: 2, aborted: null, cleanup: null },
      }),
    [Symbol.asyncDispose]: async () => {
      const why = desk.stopped.aborted
        ? (desk.stopped.reason as Error).message
        : "every experiment has its verdict";
      log.append({ kind: "closed", why });
      await clock.sleep(lastWordsMs);
      await page[Symbol.asyncDispose]();
    },
  };
}

function dayOf(context: Context, runs: readonly ShownRun[], seed: number): Day {
  const steps = runs.map(
    ({ name, experiment, planned }): DayStep =>
      describeStep({ step: { experiment: name }, source: name, experiment, planned }, 0),
  );
  const [only] = steps;
  return {
    format: "seawall-day/1",
    id: newRunId(Date.now(), seed),
    name: "run",
    title: steps.length === 1 ? (only?.title ?? "") : `${steps.length} experiments`,
    purpose: "",
    file: "",
    seed,
    answers: "yes",
    roles: [watcher],
    steps,
    version: context.version,
    machine: thisMachine(),
  };
}
