/**
 * A wall clock of its own for one service: libfaketime reads its offset from a file at each call.
 */
import { renameSync, writeFileSync } from "node:fs";
import type { FaultOf } from "../../../faults/faults.ts";
import type { Impairment } from "../../../target/deployment.ts";
import type { ProcessEffect, Struck } from "../effect.ts";

export const effect: ProcessEffect<FaultOf<"clockSkew">> = {
  kind: "clockSkew",
  supported: () =>
    process.platform === "linux" || "setting the clock of one program needs Linux and libfaketime",
  tools: ["faketime"],
  prepare: ({ env, ...start }, place) => ({
    ...start,
    env: { ...env, ...skewableEnv(place.tool("faketime").executable, clockFileOf(place)) },
  }),
  impose: ({ byMs }, struck) => skew(clockFileOf(struck), byMs),
};

const clockFileOf = ({ directory }: Pick<Struck, "directory">): string => `${directory}.clock`;

/** The monotonic clock is unchanged, so timeouts and intervals continue. */
function skewableEnv(library: string, clockFile: string): Record<string, string> {
  setOffset(clockFile, 0);
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_NO_CACHE: "1",
    DONT_FAKE_MONOTONIC: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}

async function skew(clockFile: string, byMs: number): Promise<Impairment> {
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
