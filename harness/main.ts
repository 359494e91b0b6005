/** The only owner of argv, the environment, signals and exit statuses. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandLine } from "./cli/command-line.ts";
import type { Context, Output } from "./cli/context.ts";
import { explain } from "./cli/explain.ts";
import { exitCodes } from "./core/errors.ts";
import { RunAborted } from "./run/conductor.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function output(stream: NodeJS.WriteStream): Output {
  // A reader that went away (`seawall list | head -1`) is no reason to stop undoing things.
  stream.on("error", () => {});
  const isTerminal = stream.isTTY === true;
  const colour = isTerminal && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
  return { write: (text) => void stream.write(text), isTerminal, colour, get columns() { return stream.columns || 100; } };
}

function context(signal: AbortSignal, onHurry: (hurry: () => void) => void): Context {
  const { env } = process;
  const cache = env["SEAWALL_CACHE"] || join(env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache"), "seawall");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return { root, cwd: process.cwd(), env, stdout: output(process.stdout), stderr: output(process.stderr), stdin: () => process.stdin, signal, onHurry, version, stateDirectory: join(cache, "state"), cacheDirectory: cache };
}

/** Whether the process may end as it does. */
let ended = false;

async function main(): Promise<number> {
  const interrupted = new AbortController();
  const hurries: (() => void)[] = [];
  let signals = 0;
  const own = context(interrupted.signal, (hurry) => hurries.push(hurry));
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (signals++ >= 2) {
        // Whoever asks a third time wants out; what is left is in the ledger, for `seawall recover`.
        ended = true;
        process.exit(exitCodes.interrupted);
      }
      if (interrupted.signal.aborted) for (const hurry of hurries) hurry();
      else interrupted.abort(new RunAborted("user", `stopped by ${name}`));
    });
  }
  try {
    return await commandLine(own, process.argv.slice(2));
  } catch (error) {
    return explain(interrupted.signal.aborted ? interrupted.signal.reason : error, own.stderr);
  }
}

// An experiment file is code: one that ends the process, or never settles, must not look like a verdict.
process.on("exit", () => {
  if (ended) return;
  process.stderr.write("seawall: ended before its work was done; does the experiment file end the process, or wait for ever?\n");
  process.exitCode = exitCodes.internal;
});
const exitCode = await main();
ended = true;
process.exitCode = exitCode;
