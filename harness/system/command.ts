/**
 * Runs a user's own command to its end with a timeout, and keeps its output for the error message.
 */
import { once } from "node:events";
import type { Command } from "../target/layout.ts";
import { lastLines } from "./files.ts";
import { endGroup, spawnGroup } from "./processes.ts";

/** Null on success, otherwise the failure with the command's last output. */
export async function runCommand(
  { command, args, cwd = process.cwd() }: Command & { readonly cwd?: string },
  logFile: string,
  withinMs: number,
  signal?: AbortSignal,
): Promise<string | null> {
  const child = spawnGroup(command, args, { cwd, env: environment(), logFile });
  const ended = once(child, "exit").then(
    ([code, killedBy]) => (code === 0 ? null : `it ended with ${killedBy ?? `status ${code}`}`),
    (error: Error) => error.message,
  );
  const limit = AbortSignal.any([
    AbortSignal.timeout(withinMs),
    ...(signal === undefined ? [] : [signal]),
  ]);
  const cut = new Promise<string>((resolve) =>
    limit.addEventListener(
      "abort",
      () =>
        resolve(
          signal?.aborted === true
            ? "it was interrupted"
            : `it had not ended after ${withinMs / 1000} s`,
        ),
      { once: true },
    ),
  );
  const problem = await Promise.race([ended, cut]);
  if (problem !== null && child.pid !== undefined) await endGroup(child.pid, 2_000);
  return problem === null ? null : [problem, ...lastLines(logFile, 3)].join("; ");
}

/**
 * The environment of the user's own shell, without the mark of a run: its own counterpart command
 * stops what it starts.
 */
function environment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
