/**
 * The state of every tool on this machine, without installing any: found or not, from where, and
 * what a run would do about it.
 */

import { ToolCache } from "./cache.ts";
import { allRecipes, recipeOf } from "./catalogue.ts";
import { type Attempt, find, type FindContext, type Finding } from "./find.ts";
import { groupOf, nodeItself } from "./provision.ts";
import { type Part, type PartName, Rejected } from "./recipe.ts";

export interface Inspection {
  readonly name: PartName;
  readonly wanted: string;
  readonly found: Omit<Part, "name"> | undefined;
  /** Unsuccessful attempts before it was found, or all of them. */
  readonly attempts: readonly Attempt[];
  /**
   * The sources that could provide it, in order: `a Go module`. Empty if none could on this
   * machine.
   */
  readonly sources: readonly string[];
  /** What excludes a source on this machine. */
  readonly obstacles: readonly string[];
  /** Instructions for a manual installation. */
  readonly install: string;
}

export async function inspect(options: {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}): Promise<readonly Inspection[]> {
  const { env, signal } = options;
  const context: FindContext = {
    env,
    signal,
    cache: new ToolCache(env),
    java: async () => {
      const { part } = await look("java");
      if (part === undefined) throw new Rejected("needs Java 17");
      return part;
    },
  };
  const seen = new Map<PartName, Promise<Finding>>();
  const look = (name: PartName): Promise<Finding> => {
    const known = seen.get(name) ?? find(recipeOf(name), context);
    seen.set(name, known);
    return known;
  };
  const parts = await Promise.all(
    allRecipes().map(async ({ name, wanted, install, variable }): Promise<Inspection> => {
      const { part, attempts, settled } = await look(name);
      return {
        name,
        wanted,
        found: part,
        attempts,
        ...waysTo(name, settled, env),
        install: `${install}; or set ${variable}`,
      };
    }),
  );
  const node: Inspection = {
    name: "node",
    wanted: "24",
    found: nodeItself(),
    attempts: [],
    sources: [],
    obstacles: [],
    install: "`npm ci`",
  };
  return [node, ...parts];
}

/**
 * A variable with a bad path excludes everything else: the user's choice is not replaced silently.
 */
function waysTo(
  name: PartName,
  settled: boolean,
  env: NodeJS.ProcessEnv,
): Pick<Inspection, "sources" | "obstacles"> {
  if (settled) return { sources: [], obstacles: [`${recipeOf(name).variable} is set`] };
  const sources = groupOf(name).sources.map((source) => ({
    title: source.title,
    obstacle: source.obstacle(env),
  }));
  return {
    sources: sources.filter(({ obstacle }) => obstacle === undefined).map(({ title }) => title),
    obstacles: sources.flatMap(({ title, obstacle }) =>
      obstacle === undefined ? [] : [`${title}: ${obstacle}`],
    ),
  };
}
