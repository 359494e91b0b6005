/** Errors in k6's log: exceptions of a workload, and failures of k6 itself. */
import { readFileSync } from "node:fs";

const firstCharactersMax = 200;

/** Their number, and the first of them; null without any, or without a log. */
export function loggedErrors(logFile: string): string | null {
  const errors = textOf(logFile)
    .split("\n")
    .filter((line) => /(?:^| )level=(?:error|fatal|panic) /.test(line));
  const [first] = errors;
  if (first === undefined) return null;
  const message = /msg="((?:[^"\\]|\\.)*)"/.exec(first)?.[1]?.replaceAll(/\\[nt]/g, " ") ?? first;
  return (
    `k6 logged ${errors.length === 1 ? "an error" : `${errors.length} errors`}: ` +
    `${message.slice(0, firstCharactersMax)}`
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
