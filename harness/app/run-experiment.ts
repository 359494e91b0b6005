/** One run: experiment → plan → run → judge → report. */
import { loadPacks } from "./packs.ts";
import { refreshIndexOf } from "./run-index.ts";
import type { RunRequest } from "./options.ts";
import type { Run } from "../record/run.ts";
import type { RunObserver } from "./run-observer.ts";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { exitCodes, SeawallError } from "../base/errors.ts";
import type { Planned } from "../plan/options.ts";
import type { Clock } from "../target/deployment.ts";
import type { Verdict } from "../record/verdict.ts";
import { isVirtual } from "../record/substrates.ts";
import type { Tools } from "../target/tools.ts";
import { provision } from "../provision/provision.ts";
import { showProgress } from "../provision/render.ts";
import { writeReports } from "../report/write.ts";
import { conduct } from "../run/conductor.ts";
import { startDeadMan } from "../run/dead-man.ts";
import { FileLedger } from "../run/ledger.ts";
import { leftRuns } from "../run/left-runs.ts";
import { isOfTestsAlone } from "../run/recovery.ts";
import { readRun } from "../run/read-run.ts";
import { keepVerdict } from "../run/stored-verdict.ts";
import { Recorder } from "../run/recorder.ts";
import { scrubLogs } from "../run/scrub-logs.ts";
import { files, makeRunDirectory, newRunId, refuseUnwritable } from "../run/run-directory.ts";
import { adapterOf } from "../substrates/registry.ts";
import { refuseTooFewDescriptors } from "../load/descriptors.ts";
import { descriptorsMax } from "../system/descriptors.ts";
import { realClock } from "../system/clock.ts";
import { ending } from "../system/sources.ts";
import { sweep, thisMachine, versionsOf, wire } from "./assemble-run.ts";
import type { Context } from "./context.ts";
import { auditEnd, auditStart } from "./audit.ts";
import { judgeRecord } from "./judge-record.ts";
import { Progress } from "./progress.ts";
import { simulate } from "./simulate.ts";

export interface Outcome {
  readonly run: Run;
  readonly verdict: Verdict;
  readonly exitCode: number;
  readonly report: string;
  /** What ended the run early, if anything did. */
  readonly error: unknown;
}

export async function runPlanned(
  context: Context,
  planned: Planned,
  options: Pick<RunRequest, "out">,
  observer?: RunObserver,
): Promise<Outcome> {
  if (isVirtual(planned.plan.substrate)) {
    const { directory, error } = await simulate(context, planned, options.out, observer);
    return judged(directory, error, (text) => context.stderr.write(text));
  }
  refuseUnusableCache(context);
  refuseDirtyMachine(context);
  refuseUnwritable(options.out);
  refuseTooFewDescriptors(planned.plan, descriptorsMax());
  const clock = realClock();
  const tools = await toolsOf(context, planned);
  const { directory, id } = makeRunDirectory(
    options.out,
    planned.plan.experiment,
    newRunId(clock.nowMs(), planned.plan.seed),
  );
  const { ledger, recorder } = opened(context, planned, clock, options.out, directory, id);
  observer?.began(directory, id);
  if (observer !== undefined) recorder.onEvent((event) => observer.event(event));
  const deadMan = startDeadMan(
    [process.execPath, join(context.root, "harness", `main${ending}`), "dead-man", id],
    { ...context.env },
  );
  const signal = AbortSignal.any([context.signal, recorder.failed]);
  context.onForceQuit(() => void sweep(context, id, planned.plan.substrate, ledger));
  let error: unknown;
  {
    using progress = new Progress(context.stderr, planned.plan, () => clock.nowMs());
    recorder.onEvent((event) => progress.event(event));
    progress.say(
      `${planned.plan.title} (${planned.plan.experiment}, ${planned.plan.topology}, ` +
        `${planned.plan.substrate} substrate: ${planned.plan.substrateWhy})`,
    );
    recorder.event({
      kind: "started",
      runId: id,
      versions: versionsOf(tools, context),
      machine: thisMachine(),
    });
    for (const text of planned.plan.notes ?? []) recorder.event({ kind: "note", text });
    ({ error } = await conduct(
      planned.plan,
      wire({
        context,
        planned,
        tools,
        clock,
        recorder,
        ledger,
        directory,
        runId: id,
        progress,
        samples: observer?.samples(recorder),
        hold: observer?.hold,
      }),
      signal,
    ));
  }
  await recorder[Symbol.asyncDispose]();
  scrubLogs(join(directory, files.logs));
  await observer?.ended?.();
  deadMan.release();
  const cleaned = recorder.events.findLast((event) => event.kind === "cleaned");
  if (cleaned?.kind === "cleaned" && cleaned.status === "clean") ledger.remove();
  else ledger.close();
  if (recorder.failed.aborted) throw recorder.failed.reason;
  const outcome = await judged(directory, error, (text) => context.stderr.write(text));
  auditEnd(options.out, id, outcome.verdict.status, clock.nowMs());
  return outcome;
}

/**
 * A run without a ledger could not be undone, one without a record proves nothing, and one without
 * an audit line is unaccounted for. Such a run ends here, and leaves no folder without a verdict.
 */
export function opened(
  context: Pick<Context, "env" | "stateDirectory">,
  planned: Pick<Planned, "plan" | "layout">,
  clock: Clock,
  out: string,
  directory: string,
  id: string,
): { readonly ledger: FileLedger; readonly recorder: Recorder } {
  let ledger: FileLedger | undefined;
  try {
    auditStart(context, out, id, planned, clock.nowMs());
    ledger = new FileLedger(context.stateDirectory, id, directory);
    return { ledger, recorder: new Recorder(directory, planned.plan, clock, { runId: id }) };
  } catch (error) {
    ledger?.remove();
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Judges the record on disk, not in memory, so that a later judgement gives the same verdict. */
export async function judged(
  directory: string,
  error: unknown,
  warn: (text: string) => void = () => {},
): Promise<Outcome> {
  const record = await readRun(directory);
  const verdict = judgeRecord(record);
  keepVerdict(directory, verdict);
  const { html } = await writeReports(record, verdict);
  refreshIndexOf(record, warn);
  return { run: record, verdict, exitCode: exitCodeOf(verdict, error), report: html, error };
}

export function exitCodeOf(verdict: Verdict, error: unknown): number {
  if (verdict.aborted?.reason === "user") return exitCodes.interrupted;
  if (verdict.cleanup.status === "incomplete") return exitCodes.cleanupIncomplete;
  if (error instanceof SeawallError) return error.exitCode;
  if (verdict.aborted?.reason === "internal") return exitCodes.internal;
  if (verdict.aborted !== null) return exitCodes.aborted;
  // A failure that left no trace in the record must still show in the exit status.
  return error === null || error === undefined ? exitCodes[verdict.status] : exitCodes.internal;
}

/** Refuses a machine with leftovers of an earlier run, which would affect the measurements. */
export function refuseDirtyMachine(context: Context): void {
  const dead = leftRuns(context.stateDirectory).filter(
    (left) => !left.alive && !isOfTestsAlone(left),
  );
  if (dead.length === 0) return;
  throw new SeawallError(
    "MACHINE_DIRTY",
    `${dead.length === 1 ? "an earlier run" : `${dead.length} earlier runs`} ended without ` +
      `undoing everything: ${dead.map((left) => left.runId).join(", ")}`,
    {
      hint: "Run `seawall recover`, then try again.",
    },
  );
}

/** Tools, media and the ledger are stored there. */
function refuseUnusableCache(context: Context): void {
  try {
    refuseUnwritable(context.cacheDirectory);
  } catch (error) {
    throw new SeawallError(
      "OUTPUT_NOT_WRITABLE",
      `the cache folder cannot be used: ${(error as Error).message}`,
      { cause: error, hint: "Set another one with the environment variable SEAWALL_CACHE." },
    );
  }
}

/**
 * Finds or obtains the tools of a run, with progress on standard error, after the substrate's own
 * preparation.
 */
export async function toolsOf(context: Context, planned: Planned): Promise<Tools> {
  refuseUnusableCache(context);
  await loadPacks(context);
  const adapter = await adapterOf(planned.plan.substrate);
  await adapter.prepare?.(context);
  using display = showProgress(context.stderr);
  return (await provision([...new Set(adapter.tools(planned))], {
    env: context.env,
    signal: context.signal,
    progress: display.progress,
  })) as Tools;
}
