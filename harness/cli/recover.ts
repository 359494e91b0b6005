/** `seawall recover`: undoes what dead runs left on this machine. */
import { exitCodes } from "../core/errors.ts";
import { leftRuns, recoverRun } from "../run/ledger.ts";
import { sweepEngine } from "../substrates/docker/undo.ts";
import type { Context } from "./context.ts";

/** `json`: one document for each run that was found. */
export async function recover(context: Context, json: boolean): Promise<number> {
  const runs = leftRuns(context.stateDirectory);
  const dead = runs.filter((left) => !left.alive);
  const say = (runId: string, status: "clean" | "incomplete" | "running", left: readonly string[]): void => context.stdout.json({ format: "seawall-recovery/1", runId, status, left });
  if (json) for (const left of runs.filter((one) => one.alive)) say(left.runId, "running", []);
  for (const left of runs.filter((one) => one.alive)) context.stderr.write(`${left.runId} is still running (process ${left.ownerPid}); left alone\n`);
  let incomplete = false;
  for (const left of dead) {
    const remaining = await recoverRun(left, engineUndo);
    incomplete ||= remaining.length > 0;
    if (json) say(left.runId, remaining.length === 0 ? "clean" : "incomplete", remaining);
    else context.stdout.write(remaining.length === 0 ? `${left.runId}: everything undone\n` : `${left.runId}: still there: ${remaining.join("; ")}\n`);
  }
  if (dead.length === 0 && !json) context.stdout.write("nothing to recover\n");
  return incomplete ? exitCodes.cleanupIncomplete : exitCodes.held;
}

/** The engine may have been named by another DOCKER_HOST than today's. */
export const engineUndo = (runId: string, engine: string): Promise<readonly string[]> => sweepEngine({ DOCKER_HOST: engine }, runId);
