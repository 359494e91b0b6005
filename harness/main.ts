/** The only owner of argv, the environment, signals and exit statuses. */
import "./node-22.ts";
import { readFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandLine } from "./cli/command-line.ts";
import type { Context, Output } from "./app/context.ts";
import { explain } from "./app/error-output.ts";
import { projectAt } from "./app/project.ts";
import { printerTo } from "./app/printer.ts";
import { exitCodes } from "./base/errors.ts";
import { cacheFolder, stateFolder } from "./run/cache-folder.ts";
import { RunAborted } from "./run/conductor.ts";
import { useNoProxy } from "./system/direct-http.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The error of a failed write to standard output, if any. */
let lost: NodeJS.ErrnoException | null = null;

function output(stream: NodeJS.WriteStream): Output {
  const isTerminal = stream.isTTY === true;
  const colour = isTerminal && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
  // Saved, because `--json` replaces the stream's own `write`, see `alone`.
  const write = stream.write.bind(stream);
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A closed reader (`seawall list | head -1`) must not stop the undo, and is no loss.
    if (stream === process.stdout && error.code !== "EPIPE") lost ??= error;
  });
  return printerTo({
    write: (text) => void write(text),
    isTerminal,
    colour,
    get columns() {
      return stream.columns || 100;
    },
  });
}

/**
 * Under `--json`, standard output contains the document only. Output of an experiment, or of a
 * library that it loads, goes to standard error. `./seawall` has swapped the descriptors, which
 * also covers direct writes to descriptor 1. Without it, the stream is swapped here.
 */
function alone(stdout: Output): Output {
  const swapped = process.env["SEAWALL_STDOUT_FD"] === "3";
  delete process.env["SEAWALL_STDOUT_FD"];
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
  return swapped
    ? printerTo({
        write: (text) => writeAll(3, text),
        isTerminal: false,
        colour: false,
        columns: stdout.columns,
      })
    : stdout;
}

function writeAll(descriptor: number, text: string): void {
  for (let rest = Buffer.from(text); rest.length > 0 && lost === null; ) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") return;
      // Another process made the pipe non-blocking, and its reader is slow.
      if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      else lost = error as NodeJS.ErrnoException;
    }
  }
}

/** Awaits the last write, and shows a loss in the exit status. */
async function delivered(
  exitCode: number,
  flush: (done: () => void) => unknown,
  stderr: Output,
): Promise<number> {
  await new Promise<void>((done) => void flush(done));
  if (lost === null) return exitCode;
  stderr.write(`seawall: standard output could not be written: ${lost.message}\n`);
  return exitCode === exitCodes.held ? exitCodes.internal : exitCode;
}

function context(signal: AbortSignal, onForceQuit: (forceQuit: () => void) => void): Context {
  const { env } = process;
  const cache = cacheFolder(env);
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    version: string;
  };
  return {
    root,
    cwd: process.cwd(),
    project: projectAt(root, process.cwd()),
    env,
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    stdin: () => process.stdin,
    signal,
    onForceQuit,
    version,
    stateDirectory: stateFolder(env),
    cacheDirectory: cache,
  };
}

/** Whether the process has set its exit status deliberately. */
let ended = false;

async function main(): Promise<number> {
  const interrupted = new AbortController();
  const forceQuits: (() => void)[] = [];
  let signals = 0;
  useNoProxy();
  const flush = process.stdout.write.bind(process.stdout) as (
    text: string,
    done: () => void,
  ) => boolean;
  const args = process.argv.slice(2);
  const outside = context(interrupted.signal, (forceQuit) => forceQuits.push(forceQuit));
  const own = args.includes("--json") ? { ...outside, stdout: alone(outside.stdout) } : outside;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (signals++ >= 2) {
        // A third interrupt exits at once; the rest is in the ledger, for `seawall recover`.
        ended = true;
        process.exit(exitCodes.interrupted);
      }
      if (interrupted.signal.aborted) for (const forceQuit of forceQuits) forceQuit();
      else interrupted.abort(new RunAborted("user", `stopped by ${name}`));
    });
  }
  try {
    return await delivered(await commandLine(own, args), (done) => flush("", done), own.stderr);
  } catch (error) {
    return explain(interrupted.signal.aborted ? interrupted.signal.reason : error, own.stderr);
  }
}

// An experiment file is code: one that exits the process, or never settles, must not look like a
// verdict.
process.on("exit", () => {
  if (ended) return;
  process.stderr.write(
    "seawall: ended too early; check whether the experiment file exits the process or never " +
      "resolves\n",
  );
  process.exitCode = exitCodes.internal;
});
const exitCode = await main();
ended = true;
process.exitCode = exitCode;
