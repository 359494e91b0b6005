/** Finds experiments by name or by path. */
import { existsSync, readdirSync } from "node:fs";
import { basename, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SeawallError } from "../base/errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { shapeProblems } from "../experiment/experiment-schema.ts";
import { unknownName } from "../base/nearest.ts";
import type { Context } from "./context.ts";
import { withOwnScripts } from "./own-scripts.ts";

export function experimentNames(context: Context): string[] {
  return readdirSync(join(context.root, "experiments"))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => name.slice(0, -3))
    .sort();
}

/** A name from `experiments/`, or a path to any file. */
export async function loadExperiment(context: Context, nameOrPath: string): Promise<Experiment> {
  const path = pathOf(context, nameOrPath);
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  } catch (error) {
    const { message, code } = (
      error instanceof Error ? error : new Error(`it throws ${String(error)}`)
    ) as NodeJS.ErrnoException;
    throw new SeawallError(
      "EXPERIMENT_MALFORMED",
      `${path} cannot be loaded: ${code === undefined ? "" : `${code}: `}${firstLine(message)}`,
      {
        cause: error,
        hint:
          "It must be a TypeScript file that Node can run and that exports one experiment: " +
          "export default defineExperiment({ … }).",
      },
    );
  }
  const experiment =
    typeof module.default === "object" && module.default !== null
      ? await withOwnScripts(module.default as Experiment, path)
      : module.default;
  const problems =
    experiment === undefined ? ["it has no default export"] : shapeProblems(experiment);
  if (problems.length > 0) {
    throw new SeawallError(
      "EXPERIMENT_MALFORMED",
      `${path} is not an experiment:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
      {
        hint:
          "Compare it with experiments/origin-storm.ts; `export default defineExperiment({ … " +
          "})` gives it its type.",
      },
    );
  }
  return experiment as Experiment;
}

function pathOf(context: Context, nameOrPath: string): string {
  if (nameOrPath.includes("/") || nameOrPath.endsWith(".ts")) {
    const path = isAbsolute(nameOrPath) ? nameOrPath : resolve(context.cwd, nameOrPath);
    if (!existsSync(path))
      throw new SeawallError("UNKNOWN_NAME", `there is no experiment file ${path}`, {
        hint: "`seawall list` shows the experiments that come with Seawall.",
      });
    return path;
  }
  const names = experimentNames(context);
  if (!names.includes(nameOrPath))
    throw new SeawallError("UNKNOWN_NAME", unknownName("experiment", nameOrPath, names), {
      hint: "`seawall list` shows all; a path to your own file works too.",
    });
  return join(context.root, "experiments", `${basename(nameOrPath)}.ts`);
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? text;
}
