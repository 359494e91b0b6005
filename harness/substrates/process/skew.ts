/**
 * A wall clock of its own for one service: libfaketime reads its offset from a file at each call.
 */
import { renameSync, writeFileSync } from "node:fs";
import type { Impairment } from "../../target/deployment.ts";
import type { Tool } from "../../target/tools.ts";

/** The monotonic clock is unchanged, so timeouts and intervals continue. */
export function skewableEnv(library: Tool, clockFile: string): Record<string, string> {
  setOffset(clockFile, 0);
  return {
    LD_PRELOAD: library.executable,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_NO_CACHE: "1",
    DONT_FAKE_MONOTONIC: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

export async function skew(clockFile: string, byMs: number): Promise<Impairment> {
  setOffset(clockFile, byMs);
  return {
    observe: async () => ({ landed: true, observation: `the clock was set ${byMs} ms off` }),
    undo: async () => {
      setOffset(clockFile, 0);
      return { landed: true, observation: "the clock was set right" };
    },
  };
}

/** By rename, so that no reader sees half a number. */
function setOffset(clockFile: string, byMs: number): void {
  writeFileSync(
    `${clockFile}.part`,
    `${byMs < 0 ? "-" : "+"}${(Math.abs(byMs) / 1000).toFixed(3)}\n`,
  );
  renameSync(`${clockFile}.part`, clockFile);
}
