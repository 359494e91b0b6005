/**
 * Deploys the reference target for a benchmark, as carefully as `seawall up`. Ctrl-C takes it down.
 */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { bringUp, type TargetUp } from "../../harness/app/bring-up.ts";
import type { Context, Output } from "../../harness/app/context.ts";
import { printerTo } from "../../harness/app/printer.ts";
import { planTarget } from "../../harness/plan/plan.ts";
import { liveStreaming } from "../../targets/live-streaming/target.ts";

const { env } = process;
const cacheDirectory =
  env["SEAWALL_CACHE"] ||
  join(env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache"), "seawall");
const interrupted = new AbortController();
const output = (stream: NodeJS.WriteStream): Output =>
  printerTo({
    write: (text) => void stream.write(text),
    isTerminal: false,
    colour: false,
    columns: 100,
  });

export const context: Context = {
  root: resolve(import.meta.dirname, "../.."),
  cwd: process.cwd(),
  env,
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  signal: interrupted.signal,
  stdin: () => process.stdin,
  onForceQuit: () => undefined,
  version: "benchmark",
  stateDirectory: join(cacheDirectory, "state"),
  cacheDirectory,
};

/** Resolves when the stream plays through every edge. */
export async function targetUp(
  topology: string,
  without: readonly string[] = [],
): Promise<TargetUp & { readonly upMs: number }> {
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.once(name, () => interrupted.abort(new Error(`stopped by ${name}`)));
  const startMs = performance.now();
  const planned = planTarget(liveStreaming, topology, {
    substrate: "process",
    substrateWhy: "a benchmark",
    seed: 1,
    without,
    rerun: "",
  });
  const up = await bringUp(context, planned, (text) =>
    process.stderr.write(`${topology}: ${text}\n`),
  );
  return {
    ...up,
    [Symbol.asyncDispose]: () => up[Symbol.asyncDispose](),
    upMs: performance.now() - startMs,
  };
}
