/** Finds workloads by name or path, and reads what they say of themselves. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import type { Registry } from "../metrics/metrics.ts";
import { type Plays, playsIn } from "../experiment/plays.ts";
import { type ScriptModule, scriptModule } from "../load/bundle.ts";
import { moduleIn } from "../system/sources.ts";
import type { Pack } from "../target/pack.ts";
import { metricsMadeIn, stringsIn } from "../plan/workload-metrics.ts";

/** The part of a pack by which workloads are found. */
type Bringing = Pick<Pack, "workloads"> | undefined;

/** A workload of the target's pack has a name, any other a path. "" if there is none. */
function workloadPath(pack: Bringing, workload: string): string {
  if (isAbsolute(workload)) return workload;
  return pack?.workloads === undefined ? "" : moduleIn(pack.workloads, workload);
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
export function workloadVersion(pack: Bringing, workload: string): string | null {
  return isAbsolute(workload) ? (moduleOf(workloadPath(pack, workload))?.version ?? null) : null;
}

/** Exports that k6 or Seawall reads and no scenario can execute. */
const notExecuted = ["options", "setup", "teardown", "handleSummary", "needs", "plays"];

/** The names that `exec` can mean, `default` among them; null when there is no such workload. */
export function workloadExports(pack: Bringing, workload: string): readonly string[] | null {
  const module = moduleOf(workloadPath(pack, workload));
  return module === null ? null : module.exports.filter((name) => !notExecuted.includes(name));
}

/**
 * What a workload declares it needs besides the entries: `export const needs = ["NAME"] as const;`.
 */
export function workloadNeeds(pack: Bringing, workload: string): readonly string[] {
  const said = /^export const needs = \[([^\]]*)\]/m.exec(ownText(pack, workload) ?? "")?.[1];
  return [...(said ?? "").matchAll(/"([^"]+)"/g)].map((match) => match[1] as string);
}

/** The metrics that its script makes, and what that imports. */
export function workloadMetrics(pack: Bringing, workload: string): Registry {
  const texts = textsOf(pack, workload, () => true);
  return Object.assign({}, ...texts.map(metricsMadeIn)) as Registry;
}

/** Without those of packages, which are no tags. */
export function workloadStrings(pack: Bringing, workload: string): readonly string[] {
  const texts = textsOf(pack, workload, isOwn);
  return [...new Set(texts.flatMap(stringsIn))];
}

/** What its functions play, as it says itself; null where it says nothing. */
export function workloadPlays(pack: Bringing, workload: string): Plays | null {
  const text = ownText(pack, workload);
  return text === null ? null : playsIn(text);
}

/** Whether its script, or what that imports beside it, speaks of such a thing. */
export function workloadMentions(pack: Bringing, workload: string, word: string): boolean {
  return textsOf(pack, workload, isOwn).some((text) => text.includes(word));
}

function ownText(pack: Bringing, workload: string): string | null {
  const path = workloadPath(pack, workload);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

function isOwn(file: string): boolean {
  return !file.includes("/node_modules/");
}

function textsOf(pack: Bringing, workload: string, wanted: (file: string) => boolean): string[] {
  const { files = [] } = moduleOf(workloadPath(pack, workload)) ?? {};
  return files.filter(wanted).map((file) => readFileSync(file, "utf8"));
}
