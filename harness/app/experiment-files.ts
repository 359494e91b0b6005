/** Finds experiments by name or by path. */
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SeawallError } from "../base/errors.ts";
import type { AuthoredExperiment, Experiment } from "../experiment/experiment.ts";
import { shapeProblems } from "../experiment/experiment-schema.ts";
import { unknownName } from "../base/nearest.ts";
import { ending, isModule } from "../system/sources.ts";
import type { Context } from "./context.ts";
import { ownExperiments } from "./project.ts";
import { withOwnScripts } from "./own-scripts.ts";
import { withReplays } from "./replays.ts";

/** Those that the user's configuration names, then those that come with Seawall. */
export function experimentNames(context: Context): string[] {
  const own = [...ownExperiments(context).keys()];
  return [...own, ...catalogueNames(context).filter((name) => !own.includes(name))];
}

/** Those that come with Seawall; its suites are made of them. */
export function catalogueNames(context: Pick<Context, "root">): string[] {
  return readdirSync(join(context.root, "experiments"))
    .filter(isModule)
    .map((name) => name.slice(0, -ending.length))
    .sort();
}

/** A name from the configuration or the catalogue, or a path to any file. */
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
          code === "ERR_MODULE_NOT_FOUND" && message.includes(join(context.root, "harness"))
            ? 'An earlier version had this module. Import from "seawall", or from ' +
              "harness/index.ts of the checkout; CHANGELOG.md lists what moved."
            : "It must be a TypeScript file that Node can run and that exports one experiment: " +
              "export default defineExperiment({ … }).",
      },
    );
  }
  const experiment =
    typeof module.default === "object" && module.default !== null
      ? await withOwnScripts(await withReplays(module.default as AuthoredExperiment, path), path)
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
  const { name } = experiment as Experiment;
  if (!isPath(nameOrPath) && name !== nameOrPath)
    throw new SeawallError(
      "EXPERIMENT_MALFORMED",
      `${path} is found as ${nameOrPath}, but its experiment is called ${name}`,
      { hint: "Give the file the name of its experiment." },
    );
  return experiment as Experiment;
}

export function isPath(nameOrPath: string): boolean {
  return nameOrPath.includes("/") || /\.[cm]?[jt]s$/.test(nameOrPath);
}

/** Whether it comes with Seawall. */
export function isCatalogued(context: Context, name: string): boolean {
  return !isPath(name) && !ownExperiments(context).has(name);
}

/** Where its file lies. */
export function pathOf(context: Context, nameOrPath: string): string {
  if (isPath(nameOrPath)) {
    const path = resolve(context.cwd, nameOrPath);
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
  const own = ownExperiments(context).get(nameOrPath);
  return own ?? join(context.root, "experiments", `${basename(nameOrPath)}${ending}`);
}

/** The same past symbolic links. */
export function fileOf(context: Context, name: string): string {
  const path = pathOf(context, name);
  return existsSync(path) ? realpathSync(path) : path;
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? text;
}
