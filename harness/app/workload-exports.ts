/**
 * Finds the functions that a k6 script exports, in any syntax, by parsing its text: k6 scripts
 * cannot be imported here.
 */
import { existsSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { dirname, join } from "node:path";
import { init, parse } from "es-module-lexer";
import { SeawallError } from "../base/errors.ts";

await init;

/** Exports that k6 or Seawall reads, and that no scenario can execute. */
const notExecuted = new Set(["options", "setup", "teardown", "handleSummary", "needs", "plays"]);

/**
 * The possible names of `exec`, including `default`; null if there is no such file. Follows `export
 * * from "./other.ts"`. Throws `EXPERIMENT_MALFORMED` if the text is no module.
 *
 *     executableExports("workloads/rush.ts")   // ["order", "browse", "default"]
 */
export function executableExports(path: string): readonly string[] | null {
  return existsSync(path)
    ? [...namesIn(path, new Set())].filter((name) => !notExecuted.has(name))
    : null;
}

function namesIn(path: string, seen: Set<string>): Set<string> {
  const names = new Set<string>();
  if (seen.has(path) || !existsSync(path)) return names;
  seen.add(path);
  for (const found of exportsOf(path)) {
    if (found.type !== "reexport-all") names.add(found.name);
    else if (found.from.startsWith(".")) {
      // A star export excludes the default.
      for (const name of namesIn(join(dirname(path), found.from), seen))
        if (name !== "default") names.add(name);
    }
  }
  return names;
}

function exportsOf(path: string) {
  try {
    return parse(stripTypeScriptTypes(readFileSync(path, "utf8")))[1].filter(
      ({ typeOnly }) => !typeOnly,
    );
  } catch (error) {
    throw new SeawallError(
      "EXPERIMENT_MALFORMED",
      `the workload ${path} is not a module that k6 can run: ` +
        `${(error as Error).message.split("\n")[0]}`,
      {
        hint: "`k6 inspect FILE` shows the error of k6.",
      },
    );
  }
}
