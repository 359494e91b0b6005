/**
 * Runs a program to its end, in its own process group, so that an interrupt includes its children.
 * Long-running programs are started by `processes.ts`.
 */

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { lowerPriority } from "./priority.ts";
import { signalGroup } from "./processes.ts";

const killAfterMs = 2_000;
const keptCharsMax = 256 * 1024;

/** The program could not start, timed out, or failed where an exit code is not a result. */
export class ChildFailed extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ChildFailed";
  }
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** The least number of characters to keep from the end of each stream. */
  readonly keptChars?: number;
  /** Runs with the lowest priority. */
  readonly nice?: boolean;
  /** Called with each line of either stream while the program runs. */
  readonly onLine?: (line: string) => void;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Resolves with the program's result, whatever its exit code. Throws `ChildFailed` if it cannot
 * start or takes longer than `timeoutMs`, and the signal's reason on abort. In both cases the whole
 * process group is gone first.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const { signal, timeoutMs, onLine, keptChars = keptCharsMax } = options;
  signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const streams = [child.stdout, child.stderr].map((stream) =>
    collect(stream, onLine, keptChars),
  ) as [() => string, () => string];
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", (cause) => reject(new ChildFailed(startFailure(command, cause), cause)));
    child.once("close", (code, killedBy) =>
      resolve(code ?? 128 + (killedBy ? constants.signals[killedBy] : 0)),
    );
  });
  if (options.nice && child.pid !== undefined) lowerPriority(child.pid);

  let timedOut = false;
  let stopped = false;
  let killTimer: NodeJS.Timeout | undefined;
  const end = (name: NodeJS.Signals) => child.pid !== undefined && signalGroup(child.pid, name);
  const stop = () => {
    stopped = true;
    end("SIGTERM");
    killTimer = setTimeout(() => end("SIGKILL"), killAfterMs);
  };
  const deadline =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          stop();
        }, timeoutMs);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const exitCode = await ended;
    signal?.throwIfAborted();
    if (timedOut)
      throw new ChildFailed(`${command} did not end within ${(timeoutMs ?? 0) / 1_000} s`);
    return { exitCode, stdout: streams[0](), stderr: streams[1]() };
  } finally {
    // Its leader is gone; members of the group that ignored SIGTERM are killed.
    if (stopped) end("SIGKILL");
    clearTimeout(deadline);
    clearTimeout(killTimer);
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * Like `run`, but any exit code other than 0 throws a `ChildFailed` with the program's last
 * message.
 */
export async function runWell(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const outcome = await run(command, args, options);
  if (outcome.exitCode !== 0) throw new ChildFailed(failureOf(command, outcome));
  return outcome;
}

/**
 * One line on why the program failed: the last line that names an error, otherwise the last line.
 */
export function failureOf(command: string, { exitCode, stdout, stderr }: Outcome): string {
  const lines = `${stdout}\n${stderr}`
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const telling =
    lines.findLast((line) => /error|fail|cannot|unable|denied|not found|^E:/i.test(line)) ??
    lines.at(-1);
  return (
    `${basename(command)} exited with ` +
    `${exitCode}${telling ? `: ${telling.replace(`${command}: `, "").slice(0, 240)}` : ""}`
  );
}

/** Keeps the end of a stream, which contains the error; a long build fills the beginning. */
function collect(
  stream: NodeJS.ReadableStream,
  onLine: ((line: string) => void) | undefined,
  keptChars: number,
): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text += chunk;
    if (text.length > 2 * keptChars) text = text.slice(-keptChars);
  });
  if (onLine) createInterface({ input: stream }).on("line", onLine);
  return () => text;
}

function startFailure(command: string, cause: Error): string {
  const code = "code" in cause ? cause.code : undefined;
  if (code === "ENOENT") return `${command} is not on this machine`;
  if (code === "EACCES") return `${command} is not executable`;
  return `${command} does not start: ${cause.message}`;
}
