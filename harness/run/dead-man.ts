/**
 * The dead-man's switch: a small process next to the harness that undoes a run if the harness no
 * longer can. It receives a heartbeat on a pipe. If the pipe ends without a farewell, the harness
 * was killed; if it falls silent, the harness is stopped or stuck.
 */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

const beatMs = 1_000;
/**
 * The number of missing heartbeats in a row that triggers it. Counted in the switch's own ticks, so
 * that a suspended machine does not count.
 */
export const silentBeatsMax = 20;
const farewell = "done\n";

export interface DeadMan {
  /** The harness itself has undone the run: the switch ends without acting. */
  release(): void;
}

/**
 * Starts `command` in its own session, so that what ends the harness does not end it, too. It reads
 * the heartbeat from standard input.
 */
export function startDeadMan(
  command: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): DeadMan {
  const [program, ...args] = command;
  const child = spawn(program, args, { detached: true, stdio: ["pipe", "ignore", "ignore"], env });
  // A harness whose switch failed is like one without: its ledger still exists for `recover`.
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

/** Resolves with the fate of the harness. */
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
