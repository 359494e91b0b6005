/** Turns whatever went wrong into what the user reads. */
import { exitCodes, SeawallError } from "../core/errors.ts";
import { RunAborted } from "../run/conductor.ts";
import type { Output } from "./context.ts";

/** One clear message, what to do next, and the exit status that goes with it. */
export function explain(error: unknown, to: Output): number {
  if (error instanceof SeawallError) {
    const log = error.logLines.length === 0 ? "" : `\n${error.logLines.map((line) => `  | ${line}`).join("\n")}`;
    to.write(`seawall: ${error.message}${log}\n${error.hint === undefined ? "" : `${error.hint}\n`}`);
    return error.exitCode;
  }
  if (error instanceof RunAborted && error.reason === "user") {
    to.write("seawall: interrupted; nothing was left running\n");
    return exitCodes.interrupted;
  }
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    to.write(`seawall: no space left on the disk: ${(error as Error).message}\nFree some space, or choose another place with --out DIR.\n`);
    return exitCodes.internal;
  }
  to.write(`seawall: this is a defect in Seawall itself\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return exitCodes.internal;
}
