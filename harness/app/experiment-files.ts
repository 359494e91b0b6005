/** Finds experiments by name or by path, and workloads by name. */
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SeawallError } from "../base/errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { shapeProblems } from "../experiment/experiment-schema.ts";
import type { Registry } from "../metrics/metrics.ts";
import { unknownName } from "../base/nearest.ts";
import { type Plays, playsIn } from "../experiment/plays.ts";
import { metricsMadeIn, stringsIn } from "../plan/workload-metrics.ts";
import { ending, isModule, moduleIn } from "../system/sources.ts";
import type { Pack } from "../target/pack.ts";
import type { Context } from "./context.ts";
import { ownExperiments } from "./project.ts";
import { executableExports } from "./workload-exports.ts";

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
          "It must be a TypeScript file that Node can run and that exports one experiment: " +
          "export default defineExperiment({ … }).",
      },
    );
  }
  const experiment = module.default;
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

/** The part of a pack that locates workloads. */
type Bringing = Pick<Pack, "workloads"> | undefined;

/**
 * A workload of the target's pack has a name, any other a path. An empty string if there is none.
 */
function workloadPath(pack: Bringing, workload: string): string {
  if (isAbsolute(workload)) return workload;
  return pack?.workloads === undefined ? "" : moduleIn(pack.workloads, workload);
}

/** What a workload exports, or null if there is none of that name. */
export function workloadExports(pack: Bringing, workload: string): readonly string[] | null {
  return executableExports(workloadPath(pack, workload));
}

/**
 * What a workload declares it needs besides the entries: `export const needs = ["NAME"] as const;`.
 */
export function workloadNeeds(pack: Bringing, workload: string): readonly string[] {
  const path = workloadPath(pack, workload);
  const reason = existsSync(path)
    ? /^export const needs = \[([^\]]*)\]/m.exec(readFileSync(path, "utf8"))?.[1]
    : undefined;
  return [...(reason ?? "").matchAll(/"([^"]+)"/g)].map((match) => match[1] as string);
}

/** The metrics that its script and its local imports create. */
export function workloadMetrics(pack: Bringing, workload: string): Registry {
  return Object.assign({}, ...textsOf(pack, workload).map(metricsMadeIn)) as Registry;
}

export function workloadStrings(pack: Bringing, workload: string): readonly string[] {
  return [...new Set(textsOf(pack, workload).flatMap(stringsIn))];
}

/** The texts of its script and of its local imports. */
function textsOf(pack: Bringing, workload: string): string[] {
  const seen = new Map<string, string>();
  const read = (path: string): void => {
    if (seen.has(path) || !existsSync(path)) return;
    const text = readFileSync(path, "utf8");
    seen.set(path, text);
    for (const [, specifier] of text.matchAll(/\bfrom\s*["'](\.[^"']+)["']/g))
      read(resolve(dirname(path), specifier as string));
  };
  read(workloadPath(pack, workload));
  return [...seen.values()];
}

/** What its functions play, as it declares; null if it declares nothing. */
export function workloadPlays(pack: Bringing, workload: string): Plays | null {
  const path = workloadPath(pack, workload);
  return existsSync(path) ? playsIn(readFileSync(path, "utf8")) : null;
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? text;
}
