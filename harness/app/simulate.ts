/**
 * A run in virtual time: the same conductor, record, judge and report, on a clock that does not
 * wait.
 */
import type { RunObserver } from "./run-observer.ts";
import { SeawallError } from "../base/errors.ts";
import type { Planned } from "../plan/options.ts";
import { AbortWatch } from "../run/abort-watch.ts";
import { conduct } from "../run/conductor.ts";
import { Recorder } from "../run/recorder.ts";
import { makeRunDirectory, newRunId, refuseUnwritable } from "../run/run-directory.ts";
import { adapterOf } from "../substrates/registry.ts";
import type { Context } from "./context.ts";
import { thisMachine } from "./assemble-run.ts";

/**
 * The start of every run in virtual time, so that a seed reproduces a run to the last sample:
 * 2026-01-01T00:00:00Z.
 */
const startMs = Date.UTC(2026, 0, 1);

/** Writes only to the run directory, so it needs neither a ledger on disk nor a clean machine. */
export async function simulate(
  context: Context,
  { plan, layout, model, pack, replays }: Planned,
  out: string,
  observer?: RunObserver,
): Promise<{ readonly directory: string; readonly error: unknown }> {
  if (model === undefined) throw new SeawallError("PLAN_REFUSED", `${plan.target} has no model`);
  refuseUnwritable(out);
  const { directory, id } = makeRunDirectory(out, plan.experiment, newRunId(Date.now(), plan.seed));
  const { virtual } = await adapterOf(plan.substrate);
  if (virtual === undefined)
    throw new Error(`the ${plan.substrate} substrate is listed as virtual and has no clock`);
  const { clock, world: worldOf } = virtual(startMs);
  const recorder = new Recorder(directory, plan, clock, { runId: id, synced: false });
  observer?.began(directory, id);
  if (observer !== undefined) recorder.onEvent((event) => observer.event(event));
  const watch = new AbortWatch(observer?.samples(recorder) ?? recorder, plan);
  recorder.onEvent((event) => watch.event(event));
  recorder.event({
    kind: "started",
    runId: id,
    versions: { seawall: context.version },
    machine: thisMachine(),
  });
  const world = worldOf({
    plan,
    layout,
    model,
    pack,
    replays,
    runId: id,
    sink: watch,
    events: recorder,
    undo: { record: () => () => {} },
  });
  const signal = AbortSignal.any([context.signal, recorder.failed]);
  const conducted = await clock.until(
    conduct(
      plan,
      { ...world, abortReason: (phase) => watch.violated(clock.nowMs(), phase) },
      signal,
    ),
  );
  await recorder[Symbol.asyncDispose]();
  if (recorder.failed.aborted) throw recorder.failed.reason;
  return { directory, error: conducted?.error };
}
