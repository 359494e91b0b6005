/**
 * Every tool as it is on this machine, without getting anything: found or not, from where, and what
 * a run would do about it.
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
  /** Where it was looked for in vain before it was found, or at all. */
  readonly attempts: readonly Attempt[];
  /**
   * How it would be got: `a Go module`, in the order of trying; empty when nothing on this machine
   * could.
   */
  readonly sources: readonly string[];
  /** What rules a source out on this machine. */
  readonly obstacles: readonly string[];
  /** For people: how to install it by hand. */
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
 * A variable that names a bad place rules everything else out: what the reader asked for is not
 * replaced in silence.
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
