/**
 * Runs one step of a day like any other run, observed by the day. The day sees its phases and
 * faults, each second of its load, and its claims so far.
 */
import type { RunObserver } from "../run-observer.ts";
import { relative } from "node:path";
import { SeawallError } from "../../base/errors.ts";
import type { GameDayStep } from "../../game-day/day/game-day.ts";
import type { DayHappening, Outcome, Seen } from "../../game-day/day/day.ts";
import { ClaimsSoFar } from "../../game-day/day/claims-so-far.ts";
import { type Second, Seconds } from "../../game-day/day/seconds.ts";
import { describeFault } from "../../faults/faults.ts";
import type { Plan } from "../../record/plan.ts";
import type { RunEvent } from "../../record/events.ts";
import type { Series } from "../../metrics/samples.ts";
import { NoGo } from "../../game-day/conduct-day.ts";
import type { Log } from "../../game-day/desk.ts";
import { claimRow } from "../../report/claim-rows.ts";
import { RunAborted } from "../../run/conductor.ts";
import type { Context } from "../context.ts";
import { recordedVerdicts } from "../verdict-history.ts";
import { type Outcome as Ran, runPlanned } from "../run-experiment.ts";
import { plan } from "../plan-experiment.ts";
import type { Ready } from "./load.ts";
import { isVirtual } from "../../record/substrates.ts";
import { rhythmMsOf } from "../../target/rhythm.ts";

const lookEveryMs = 1_000;
/**
 * The greatest share of the harness's time for live judging, which must not disturb the
 * measurements.
 */
const judgeShareMax = 0.04;

export interface StepOptions {
  readonly context: Context;
  readonly ready: Ready;
  readonly step: number;
  readonly seed: number;
  readonly log: Log;
  /** The day's folder. */
  readonly directory: string;
  /** Whether claims are judged live; not needed without an open page. */
  readonly live: boolean;
  readonly hold: ((signal: AbortSignal) => Promise<void>) | null;
}

/** What an observer needs; a run that is shown alone has no game day's step. */
export type Watched = Pick<StepOptions, "step" | "log" | "directory" | "live" | "hold"> & {
  readonly ready: { readonly step: Pick<GameDayStep, "hold"> };
};

export async function runStep(options: StepOptions, stopped: AbortSignal): Promise<Outcome> {
  const { context, ready } = options;
  const ending = new AbortController();
  // A run distinguishes only one kind of requested end.
  const relay = (): void => ending.abort(new RunAborted("user", (stopped.reason as Error).message));
  if (stopped.aborted) relay();
  stopped.addEventListener("abort", relay, { once: true });
  try {
    const own: Context = { ...context, signal: ending.signal };
    const planned = await plan(
      own,
      ready.source,
      ready.experiment,
      options.seed,
      ready.options,
      recordedVerdicts(ready.options.out),
    );
    using observer = new DayRunObserver(options, planned.plan);
    return outcomeOf(await runPlanned(own, planned, ready.options, observer));
  } finally {
    stopped.removeEventListener("abort", relay);
  }
}

export function outcomeOf({ verdict, exitCode, error }: Ran): Outcome {
  const failed = error instanceof SeawallError;
  return {
    result: failed ? null : verdict.status,
    why: failed ? error.message : verdict.why,
    exitCode,
    aborted: verdict.aborted?.reason ?? null,
    cleanup: verdict.cleanup.status,
  };
}

export class DayRunObserver implements RunObserver, Disposable {
  readonly hold: RunObserver["hold"];
  readonly #options: Watched;
  readonly #plan: Plan;
  readonly #events: RunEvent[] = [];
  readonly #timer: NodeJS.Timeout;
  #seconds: Seconds | null = null;
  #claims: ClaimsSoFar | null = null;
  #notBeforeMs = 0;
  #saidClaims = "";

  constructor(options: Watched, runPlan: Plan) {
    this.#options = options;
    this.#plan = runPlan;
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
    const { hold } = options;
    const msMax = isVirtual(runPlan.substrate) ? undefined : options.ready.step.hold?.waitMsMax;
    this.hold =
      hold === null || msMax === undefined
        ? undefined
        : {
            msMax,
            samples: this.#everyday(),
            released: (signal) =>
              hold(signal).catch((error: unknown) => {
                throw error instanceof NoGo ? new RunAborted("user", error.message) : error;
              }),
          };
  }

  began(directory: string, runId: string): void {
    const { step } = this.#options;
    this.#say({
      kind: "recording",
      step,
      runId,
      directory: relative(this.#options.directory, directory),
    });
  }

  event(event: RunEvent): void {
    const { step } = this.#options;
    this.#events.push(event);
    const seen = seenOf(event);
    if (seen !== null) this.#say({ kind: "saw", step, seen, runMs: event.atMs });
    if (event.kind === "generator") this.#end(event.atMs);
  }

  samples(recorder: Parameters<RunObserver["samples"]>[0]): Seconds {
    this.#claims = new ClaimsSoFar(recorder, this.#plan);
    this.#seconds = new Seconds(this.#claims, this.#plan, rhythmMsOf(this.#plan), (second) =>
      this.#tell(second, false),
    );
    return this.#seconds;
  }

  /** The load while people watch a held target: shown, and not recorded. */
  #everyday(): Seconds {
    const ids = new Map<string, number>();
    const series = (one: Series): number => {
      const key = JSON.stringify([one.metric, Object.entries(one.tags).sort()]);
      const id = ids.get(key) ?? ids.size;
      ids.set(key, id);
      return id;
    };
    return new Seconds({ series, sample: () => {} }, this.#plan, rhythmMsOf(this.#plan), (second) =>
      this.#tell(second, true),
    );
  }

  #tell(second: Second, held: boolean): void {
    this.#say({ kind: "second", step: this.#options.step, held, ...second });
  }

  #look(): void {
    if (isVirtual(this.#plan.substrate)) return;
    this.#seconds?.passed(Date.now());
    this.#judge(Date.now());
  }

  #end(atMs: number): void {
    this.#seconds?.end();
    this.#notBeforeMs = 0;
    this.#judge(atMs);
  }

  #judge(nowMs: number): void {
    const began = performance.now();
    if (!this.#options.live || this.#claims === null || began < this.#notBeforeMs) return;
    const claims = this.#claims.at(nowMs, this.#events).map((finding) => {
      const { title, observed, limit } = claimRow(finding);
      return {
        id: finding.id,
        title,
        phase: finding.phase ?? "baseline",
        status: finding.status,
        observed,
        limit,
        open: finding.open,
      };
    });
    this.#notBeforeMs =
      performance.now() + Math.max(lookEveryMs, (performance.now() - began) / judgeShareMax);
    const text = JSON.stringify(claims);
    if (claims.length === 0 || text === this.#saidClaims) return;
    this.#saidClaims = text;
    this.#say({ kind: "claims", step: this.#options.step, claims });
  }

  /**
   * A failed observer must not end a run; the day itself detects that it can no longer be written.
   */
  #say(happening: DayHappening): void {
    try {
      this.#options.log.append(happening);
    } catch {
      // the day's own next write reports the reason
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** The events that people follow; the rest is in the run's own record. */
function seenOf(event: RunEvent): Seen | null {
  switch (event.kind) {
    case "deploying":
    case "deployed":
    case "loadStarted":
    case "finished":
      return { what: event.kind };
    case "phase":
      return { what: "phase", phase: event.phase };
    case "injected":
    case "healed":
      return {
        what: event.kind,
        index: event.step,
        label: describeFault(event.fault),
        evidence: event.evidence,
      };
    case "exited":
      return event.expected
        ? null
        : { what: "trouble", text: `${event.service} died: ${event.detail}` };
    case "generator":
      return event.expected ? null : { what: "trouble", text: `load generator: ${event.detail}` };
    case "aborted":
      return { what: "trouble", text: `ended early (${event.reason}): ${event.detail}` };
    case "cleaned":
      return event.status === "clean"
        ? null
        : { what: "trouble", text: `cleanup incomplete: ${event.left.join("; ")}` };
    default:
      return null;
  }
}
