/** Turns an error into its output for the user. */
import type { z } from "zod";
import { exitCodes, SeawallError } from "../base/errors.ts";
import type { errorDocument } from "../documents/lines.ts";
import { oneLine } from "../report/plain.ts";
import { printable } from "../report/printable.ts";
import { RunAborted } from "../run/conductor.ts";
import type { Output } from "./context.ts";

/** The same for programs, with `--json`. */
export function failureDocument(error: unknown): z.infer<typeof errorDocument> {
  const lineOf = (
    code: string,
    message: string,
    exitCode: number,
    more: { hint?: string | undefined; logLines?: readonly string[] } = {},
  ): z.infer<typeof errorDocument> => ({
    format: "seawall-error/1",
    code,
    message,
    hint: more.hint ?? null,
    logLines: [...(more.logLines ?? [])],
    exitCode,
  });
  if (error instanceof SeawallError)
    return lineOf(error.code, error.message, error.exitCode, error);
  if (error instanceof RunAborted && error.reason === "user")
    return lineOf("INTERRUPTED", "interrupted; nothing was left running", exitCodes.interrupted);
  const { code, message } = (
    error instanceof Error ? error : new Error(String(error))
  ) as NodeJS.ErrnoException;
  return code === "ENOSPC" || code === "EDQUOT"
    ? lineOf("DISK_FULL", message, exitCodes.internal)
    : lineOf("INTERNAL", message, exitCodes.internal);
}

/** One clear message, a hint, and the error's exit status. */
export function explain(error: unknown, to: Pick<Output, "write">): number {
  if (error instanceof SeawallError) {
    const log = error.logLines.map((line) => `\n  | ${oneLine(line)}`).join("");
    to.write(
      printable(
        `seawall: ${error.message}${log}\n${error.hint === undefined ? "" : `${error.hint}\n`}`,
      ),
    );
    return error.exitCode;
  }
  if (error instanceof RunAborted && error.reason === "user") {
    to.write("seawall: interrupted; nothing was left running\n");
    return exitCodes.interrupted;
  }
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === "ENOSPC" || code === "EDQUOT") {
    to.write(
      printable(
        `seawall: no space left on the disk: ${(error as Error).message}\nFree some space, ` +
          `or choose another place with --out DIR.\n`,
      ),
    );
    return exitCodes.internal;
  }
  to.write(
    printable(
      "seawall: this is a defect in Seawall " +
        `itself\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    ),
  );
  return exitCodes.internal;
}
