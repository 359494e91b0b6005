/** Finds suites by name. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SeawallError } from "../base/errors.ts";
import { unknownName } from "../base/nearest.ts";
import { type Suite, suiteProblems } from "../experiment/suite.ts";
import { ending, isModule } from "../system/sources.ts";
import type { Context } from "./context.ts";
import { catalogueNames } from "./experiment-files.ts";

const folderOf = (context: Pick<Context, "root">): string =>
  join(context.root, "experiments", "suites");

export function suiteNames(context: Pick<Context, "root">): string[] {
  const folder = folderOf(context);
  return existsSync(folder)
    ? readdirSync(folder)
        .filter(isModule)
        .map((name) => name.slice(0, -ending.length))
        .sort()
    : [];
}

export async function loadSuite(context: Context, name: string): Promise<Suite> {
  const names = suiteNames(context);
  if (!names.includes(name))
    throw new SeawallError("UNKNOWN_NAME", unknownName("suite", name, names), {
      hint: "`seawall list` shows them; each is a file in experiments/suites/.",
    });
  const path = join(folderOf(context), `${name}${ending}`);
  const { default: suite } = (await import(pathToFileURL(path).href)) as {
    readonly default?: unknown;
  };
  const problems = suiteProblems(suite, catalogueNames(context));
  if (problems.length > 0) {
    throw new SeawallError(
      "EXPERIMENT_MALFORMED",
      `${path} is not a valid suite:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
      { hint: "Compare it with experiments/suites/quick.ts." },
    );
  }
  return suite as Suite;
}
