/** Starts what a target starts by external commands, and stops it again. */
import { join } from "node:path";
import { SeawallError } from "../base/errors.ts";
import type { DeployRequest } from "./substrate.ts";
import type { Command } from "../target/layout.ts";
import { runCommand } from "../system/command.ts";

const downWithinMs = 60_000;

/**
 * Resolves with the function that stops it. If the start fails, it is stopped at once, because it
 * may have started in part.
 */
export async function bringUpOutside({
  layout,
  undo,
  logsDirectory,
  signal,
  progress,
}: Pick<DeployRequest, "layout" | "undo" | "logsDirectory" | "signal" | "progress">): Promise<
  () => Promise<void>
> {
  const { outside } = layout;
  if (outside === undefined) return async () => {};
  const logFile = join(logsDirectory, "outside.log");
  const undone = undo.record({ kind: "command", ...outside.down });
  const down = async (): Promise<void> => {
    const problem = await runCommand(outside.down, logFile, downWithinMs);
    if (problem !== null)
      throw new SeawallError(
        "CLEANUP_INCOMPLETE",
        `\`${commandLine(outside.down)}\` failed: ${problem}`,
      );
    undone();
  };
  progress(`bringing the target up: ${commandLine(outside.up)}`);
  const problem = await runCommand(outside.up, logFile, outside.upWithinMs, signal);
  if (problem === null) return down;
  const failed = `\`${commandLine(outside.up)}\` did not bring the target up: ${problem}`;
  // The reason of the failed start is reported first: the stop often fails for the same reason.
  await down().catch((error: unknown) => {
    throw new SeawallError("CLEANUP_INCOMPLETE", `${failed}; then ${(error as Error).message}`, {
      hint: "Fix the cause; `seawall recover` stops what is left.",
    });
  });
  signal.throwIfAborted();
  throw new SeawallError("SERVICE_FAILED", failed, { hint: `Its output is in ${logFile}` });
}

function commandLine({ command, args }: Command): string {
  return [command, ...args].join(" ");
}
