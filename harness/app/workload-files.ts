/** Finds workloads by name or path, and reads what they say of themselves. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Registry } from "../metrics/metrics.ts";
import { type Plays, playsIn } from "../experiment/plays.ts";
import { type ScriptModule, scriptModule } from "../load/bundle.ts";
import { metricsMadeIn, stringsIn } from "../plan/workload-metrics.ts";
import type { Context } from "./context.ts";

type Root = Pick<Context, "root">;

/** One that comes with Seawall goes by its name, any other by its path. */
function workloadPath({ root }: Root, workload: string): string {
  return isAbsolute(workload) ? workload : join(root, "experiments", "workloads", `${workload}.ts`);
}

const known = new Map<string, { readonly key: string; readonly module: ScriptModule }>();

/** Null where there is no such file. */
function moduleOf(path: string): ScriptModule | null {
  if (!existsSync(path)) return null;
  const before = known.get(path);
  if (before !== undefined && before.key === keyOf(before.module)) return before.module;
  const module = scriptModule(path);
  known.set(path, { key: keyOf(module), module });
  return module;
}

/** Another one after a change of any of its files. */
function keyOf({ files }: ScriptModule): string {
  return files
    .map((file) => {
      const { mtimeMs, size } = statSync(file, { throwIfNoEntry: false }) ?? {};
      return `${mtimeMs} ${size}`;
    })
    .join();
}

/** Of a script of the user's own: null for one that comes with Seawall, or is not there. */
export function workloadVersion(context: Root, workload: string): string | null {
  return isAbsolute(workload) ? (moduleOf(workloadPath(context, workload))?.version ?? null) : null;
}

/** Exports that k6 or Seawall reads and no scenario can execute. */
const notExecuted = ["options", "setup", "teardown", "handleSummary", "needs", "plays"];

/** The names that `exec` can mean, `default` among them; null when there is no such workload. */
export function workloadExports(context: Root, workload: string): readonly string[] | null {
  const module = moduleOf(workloadPath(context, workload));
  return module === null ? null : module.exports.filter((name) => !notExecuted.includes(name));
}

/**
 * What a workload says that it must be told of besides edges:
 * `export const needs = ["gateways"] as const;`.
 */
export function workloadNeeds(context: Root, workload: string): readonly string[] {
  const said = /^export const needs = \[([^\]]*)\]/m.exec(ownText(context, workload) ?? "")?.[1];
  return [...(said ?? "").matchAll(/"([^"]+)"/g)].map((match) => match[1] as string);
}

/** The metrics that its script makes, and what that imports. */
export function workloadMetrics(context: Root, workload: string): Registry {
  const texts = textsOf(context, workload, () => true);
  return Object.assign({}, ...texts.map(metricsMadeIn)) as Registry;
}

/** Those of packages are nobody's tags. */
export function workloadStrings(context: Root, workload: string): readonly string[] {
  const texts = textsOf(context, workload, isOwn);
  return [...new Set(texts.flatMap(stringsIn))];
}

/** What its functions play, as it says itself; null where it says nothing. */
export function workloadPlays(context: Root, workload: string): Plays | null {
  const text = ownText(context, workload);
  return text === null ? null : playsIn(text);
}

/** Whether its script, or what that imports beside it, speaks of such a thing. */
export function workloadTells(context: Root, workload: string, word: string): boolean {
  return textsOf(context, workload, isOwn).some((text) => text.includes(word));
}

function ownText(context: Root, workload: string): string | null {
  const path = workloadPath(context, workload);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

function isOwn(file: string): boolean {
  return !file.includes("/node_modules/");
}

function textsOf(context: Root, workload: string, wanted: (file: string) => boolean): string[] {
  const { files = [] } = moduleOf(workloadPath(context, workload)) ?? {};
  return files.filter(wanted).map((file) => readFileSync(file, "utf8"));
}
