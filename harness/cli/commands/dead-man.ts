/**
 * The action of the dead-man's switch: ensures that the harness is gone, undoes its run, completes
 * the record, and judges it.
 */
import type { Define } from "../command.ts";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../../base/errors.ts";
import type { DistributiveOmit } from "../../record/event-sink.ts";
import type { RunEvent } from "../../record/events.ts";
import { substrates } from "../../record/substrates.ts";
import { listen, silentBeatsMax } from "../../run/dead-man.ts";
import { type LeftRun, leftRun } from "../../run/left-runs.ts";
import { recoverRun } from "../../run/recovery.ts";
import { files } from "../../run/run-directory.ts";
import { linked, sha256, unlinked } from "../../run/seal.ts";
import { adapterOf, undoOn } from "../../substrates/registry.ts";
import { isSameProcess } from "../../system/processes.ts";
import type { Context } from "../../app/context.ts";
import { judged } from "../../app/run-experiment.ts";

/** Started by a run for itself. */
export const defineDeadMan: Define = (program, context, end) =>
  program
    .command("dead-man", { hidden: true })
    .argument("<run-id>")
    .action(async (runId: string) => end(await deadMan(context, runId)));

const goneWithinMs = 10_000;

/** Lives as long as the run and prints nothing: its actions are in the record. */
export async function deadMan(context: Context, runId: string): Promise<number> {
  // Loaded now, because this checkout may change during the run.
  await Promise.all(substrates.filter((one) => !one.isVirtual).map(({ name }) => adapterOf(name)));
  const fate = await listen(context.stdin());
  // Reads only its own ledger, because others may be unreadable.
  const left = leftRun(context.stateDirectory, runId);
  // Without a ledger there is nothing left to undo.
  if (fate === "released" || left === undefined) return exitCodes.held;
  await endOwner(left);
  const record = recordOf(left.directory);
  record({
    kind: "aborted",
    reason: "deadMan",
    detail:
      fate === "killed"
        ? "the harness was killed"
        : `the harness gave no sign of life for ${silentBeatsMax} s`,
  });
  const startedMs = performance.now();
  const remaining = await recoverRun(left, undoOn);
  record({
    kind: "cleaned",
    status: remaining.length === 0 ? "clean" : "incomplete",
    left: remaining,
    tookMs: performance.now() - startedMs,
  });
  record({ kind: "finished" });
  return existsSync(join(left.directory, files.plan))
    ? (await judged(left.directory, null)).exitCode
    : exitCodes.aborted;
}

/** A harness that is only stopped must not resume during the undo. */
async function endOwner(left: LeftRun): Promise<void> {
  const deadlineMs = performance.now() + goneWithinMs;
  while (isSameProcess(left.ownerPid, left.ownerStartTicks) && performance.now() < deadlineMs) {
    try {
      process.kill(left.ownerPid, "SIGKILL");
    } catch {
      return;
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

/**
 * Appends to the events of a run whose last line may be torn. Each event is linked to the last
 * complete one; the record stays unsealed.
 */
function recordOf(directory: string): (event: DistributiveOmit<RunEvent, "atMs">) => void {
  const path = join(directory, files.events);
  let before = lastLink(directory);
  return (event) => {
    const { line, link } = linked(before, JSON.stringify({ ...event, atMs: Date.now() }));
    try {
      appendFileSync(path, `\n${line}\n`);
      before = link;
    } catch {
      // the run directory is gone, so there is nowhere to record this
    }
  };
}

/** The first link starts from the plan. */
function lastLink(directory: string): string {
  try {
    const lines = readFileSync(join(directory, files.events), "utf8").split("\n");
    const last = lines.map(unlinked).findLast((parts) => parts !== null);
    return last?.link ?? sha256(readFileSync(join(directory, files.plan)));
  } catch {
    return "";
  }
}
