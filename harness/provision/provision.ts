/**
 * Finds or obtains every tool that a run needs: environment variable, PATH, tool cache, official
 * release, package registry. It changes nothing on the system.
 */

import type { Tool, ToolName } from "../target/tools.ts";
import { ToolCache } from "./cache.ts";
import { partsOf, recipeOf } from "./catalogue.ts";
import { type Finding, find } from "./find.ts";
import { type Missing, missingTools } from "./missing.ts";
import { type Group, groups, type ObtainContext, type Obtained, obtain } from "./obtain.ts";
import { type Part, type PartName, Rejected } from "./recipe.ts";
import type { Progress } from "./sources/source.ts";

export type { Progress } from "./sources/source.ts";

export interface ProvisionOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Called only while a tool is being obtained. */
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/**
 * Every named tool, after it started successfully. Throws TOOL_MISSING that names all missing
 * tools, with the attempts for each.
 */
export async function provision<const Name extends ToolName>(
  names: readonly Name[],
  options: ProvisionOptions,
): Promise<Readonly<Record<Name, Tool>>> {
  const parts = await resolve(partsOf(names), options);
  const tools = names.map((name): [Name, Tool] => [name, toolFrom(name, parts)]);
  return Object.fromEntries(tools) as Record<Name, Tool>;
}

/**
 * Groups are processed concurrently. If one fails, the others are aborted and awaited before the
 * error is thrown.
 */
async function resolve(
  required: readonly PartName[],
  { env, signal, progress = () => {} }: ProvisionOptions,
): Promise<ReadonlyMap<PartName, Part>> {
  const halt = new AbortController();
  const context: ObtainContext = {
    env,
    signal: signal ? AbortSignal.any([signal, halt.signal]) : halt.signal,
    cache: new ToolCache(env),
    java: async () => {
      const java = (await look("java")).part ?? (await get(groupOf("java"))).parts.get("java");
      if (java === undefined) throw new Rejected("needs Java 17");
      return java;
    },
    progress,
    unreachable: new Map(),
  };
  const look = once((name: PartName): Promise<Finding> => find(recipeOf(name), context));
  const get = once(async (group: Group): Promise<Obtained> => {
    const members = group.members.filter((name) => required.includes(name));
    const findings = await Promise.all(
      members.map(async (name) => ({ name, finding: await look(name) })),
    );
    const lacking = findings.filter(
      ({ finding }) => finding.part === undefined && !finding.settled,
    );
    if (lacking.length === 0) return { parts: new Map(), attempts: new Map() };
    return obtain(
      group,
      lacking.map(({ name }) => recipeOf(name)),
      context,
    );
  });

  const used = groups().filter(({ members }) => members.some((name) => required.includes(name)));
  const ends = await Promise.allSettled(
    used.map((group) =>
      get(group).catch((error: unknown) => {
        halt.abort(error);
        throw error;
      }),
    ),
  );
  signal?.throwIfAborted();
  for (const end of ends) if (end.status === "rejected") throw halt.signal.reason;

  const parts = new Map<PartName, Part>();
  const missing: Missing[] = [];
  for (const name of required) {
    const { part, attempts } = await look(name);
    const obtained = await get(groupOf(name));
    const had = part ?? obtained.parts.get(name);
    if (had) parts.set(name, had);
    else
      missing.push({
        recipe: recipeOf(name),
        attempts: [...attempts, ...(obtained.attempts.get(name) ?? [])],
      });
  }
  if (missing.length > 0) throw missingTools(missing);
  return parts;
}

/**
 * The tool as the rest of the harness sees it: one that runs on another part is started by that.
 */
function toolFrom(name: ToolName, parts: ReadonlyMap<PartName, Part>): Tool {
  if (name === "node") return nodeItself();
  const part = parts.get(name);
  if (part === undefined) throw new Error(`${name} was neither found nor reported missing`);
  const below = parts.get(recipeOf(name).runsOn ?? "");
  return below === undefined ? part : { ...part, executable: below.executable, env: below.env };
}

/** Services run on the same Node as the harness. */
export function nodeItself(): Tool {
  const executable = process.execPath;
  return {
    name: "node",
    version: process.versions.node,
    source: "path",
    executable,
    directory: executable,
    env: {},
    args: [],
    companions: {},
  };
}

export function groupOf(name: PartName): Group {
  const group = groups().find(({ members }) => members.includes(name));
  if (group === undefined) throw new Error(`${name} belongs to no group`);
  return group;
}

/** Calls `work` once per key; all callers receive the same promise. */
function once<Key, Value>(work: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const started = new Map<Key, Promise<Value>>();
  return (key) => {
    const promise = started.get(key) ?? work(key);
    started.set(key, promise);
    return promise;
  };
}
