/**
 * The dead-man's switch: a small process beside the harness that undoes a run when the harness no
 * longer can. It hears a beat on a pipe; when the pipe ends without a farewell the harness was
 * killed, and when it falls silent the harness is stopped or stuck.
 */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

const beatMs = 1_000;
/**
 * How many beats in a row may be missing. Counted in the switch's own ticks, so that a machine that
 * slept does not count.
 */
export const silentBeatsMax = 20;
const farewell = "done\n";

export interface DeadMan {
  /** The run was undone by the harness itself: the switch ends and does nothing. */
  release(): void;
}

/**
 * `command` is started in a session of its own, so that nothing that ends the harness ends it too,
 * and reads the beat from standard input.
 */
export function startDeadMan(
  command: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): DeadMan {
  const [program, ...args] = command;
  const child = spawn(program, args, { detached: true, stdio: ["pipe", "ignore", "ignore"], env });
  // A harness without its switch is as one that never had it: its ledger is still there for
  // `recover`.
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const beat = setInterval(() => child.stdin.write("beat\n"), beatMs);
  child.stdin.write("beat\n");
  child.unref();
  return {
    release: () => {
      clearInterval(beat);
      child.stdin.end(farewell);
    },
  };
}

/** Resolves with what became of the harness. */
export function listen(
  input: Readable,
  silentBeats: number = silentBeatsMax,
): Promise<"released" | "killed" | "silent"> {
  return new Promise((resolve) => {
    let silent = 0;
    let last = "";
    const tick = setInterval(() => {
      if (++silent > silentBeats) end("silent");
    }, beatMs);
    const end = (what: "released" | "killed" | "silent"): void => {
      clearInterval(tick);
      input
        .removeAllListeners()
        .on("error", () => {})
        .destroy();
      resolve(what);
    };
    input.setEncoding("utf8").on("data", (text: string) => {
      silent = 0;
      last = (last + text).slice(-farewell.length);
      if (last === farewell) end("released");
    });
    input.on("end", () => end("killed")).on("error", () => end("killed"));
  });
}
