/** `seawall recover`: undoes what dead runs, and killed tests, left on this machine. */
import type { Define } from "../command.ts";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exitCodes } from "../../base/errors.ts";
import { type LeftRun, leftRuns, testsPrefix } from "../../run/left-runs.ts";
import { recoverRun, tracesOf } from "../../run/recovery.ts";
import { undoOn } from "../../substrates/registry.ts";
import { foldersIn } from "../../system/files.ts";
import { endStrays } from "../../system/strays.ts";
import type { Context } from "../../app/context.ts";

export const defineRecover: Define = (program, context, end) =>
  program
    .command("recover")
    .description("undo what killed runs left on this machine")
    .option("--json", "print one line of JSON per run found")
    .action(async (flags: { json?: boolean }) => end(await recover(context, flags.json === true)));

const strayMs = 5_000;

/** `json`: one document per run. */
export async function recover(context: Context, json: boolean): Promise<number> {
  const runs = leftRuns(context.stateDirectory);
  const dead = runs.filter((left) => !left.alive);
  const say = (
    runId: string,
    status: "clean" | "incomplete" | "running",
    left: readonly string[],
  ): void => context.stdout.json({ format: "seawall-recovery/1", runId, status, left });
  if (json) for (const left of runs.filter((one) => one.alive)) say(left.runId, "running", []);
  for (const left of runs.filter((one) => one.alive))
    context.stderr.write(`${left.runId} is still running (process ${left.ownerPid}); left alone\n`);
  let incomplete = false;
  for (const left of dead) {
    const remaining = await recoverWithin(left);
    incomplete ||= remaining.length > 0;
    if (json) say(left.runId, remaining.length === 0 ? "clean" : "incomplete", remaining);
    else
      context.stdout.write(
        remaining.length === 0
          ? `${left.runId}: everything undone\n`
          : `${left.runId}: still there: ${remaining.join("; ")}\n`,
      );
    if (left.unread.length > 0)
      context.stderr.write(`${left.ledger}: remove the file once nothing of this run is left\n`);
  }
  if (dead.length === 0 && !json) context.stdout.write("nothing to recover\n");
  return incomplete ? exitCodes.cleanupIncomplete : exitCodes.held;
}

/**
 * Tests keep the state of their runs in their own folder: its ledgers are replayed before the
 * folder is removed.
 */
export async function recoverWithin(left: LeftRun): Promise<readonly string[]> {
  if (!left.runId.startsWith(testsPrefix)) return recoverRun(left, undoOn);
  // First the processes that could continue: a run that a test had started, and its switch.
  await endStrays(tracesOf(left), strayMs);
  const remaining: string[] = [];
  for (const folder of left.entries.flatMap((entry) =>
    entry.kind === "directory" ? [entry.path] : [],
  )) {
    for (const state of stateFoldersIn(folder)) {
      for (const inner of leftRuns(state))
        if (!inner.alive) remaining.push(...(await recoverRun(inner, undoOn)));
    }
  }
  return remaining.length > 0 ? remaining : recoverRun(left, undoOn);
}

/** A test's cache is in the folder of all tests, or one level below. */
function stateFoldersIn(folder: string): string[] {
  const below = foldersIn(folder).map((name) => join(folder, name));
  return [...below, ...below.flatMap((one) => foldersIn(one).map((name) => join(one, name)))]
    .map((one) => join(one, "state"))
    .filter((state) => existsSync(state));
}
