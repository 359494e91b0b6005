/**
 * Looks for a tool that is on this machine already: environment variable, PATH, tool cache. Builds
 * nothing.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ToolSource } from "../target/tools.ts";
import { stampOf, type ToolCache } from "./cache.ts";
import { type Part, type Place, type Recipe, isRejection, WrongVersion } from "./recipe.ts";

/** One place that was looked at, or one way that was tried, in vain. */
export interface Attempt {
  readonly source: ToolSource;
  readonly reason: string;
  /** Nothing was looked at: the tool's variable is not set. */
  readonly unset?: true;
}

export interface Finding {
  readonly part: Part | undefined;
  readonly attempts: readonly Attempt[];
  /** The reader named a place by hand and it is no good: nothing else may be taken instead. */
  readonly settled: boolean;
}

export interface FindContext {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal | undefined;
  readonly cache: ToolCache;
  readonly java: () => Promise<Part>;
}

export async function find(recipe: Recipe, context: FindContext): Promise<Finding> {
  const attempts: Attempt[] = [];
  const look = async (
    place: Place,
    source: ToolSource,
    label = place.executable,
  ): Promise<Part | undefined> => {
    const seen = await sight(recipe, place, source, context);
    if (typeof seen !== "string") return seen;
    attempts.push({ source, reason: seen.startsWith(label) ? seen : `${label}: ${seen}` });
    return undefined;
  };

  const value = context.env[recipe.variable];
  if (value !== undefined && value !== "") {
    const part = await look(recipe.placeOf(value), "environment", `${recipe.variable}=${value}`);
    return { part, attempts, settled: true };
  }
  attempts.push({ source: "environment", reason: `${recipe.variable} is not set`, unset: true });

  const candidates = recipe.candidates(context.env);
  if (candidates.length === 0) attempts.push({ source: "path", reason: "not there" });
  for (const place of candidates) {
    const part = await look(place, "path");
    if (part) return { part, attempts, settled: false };
  }

  const receipt = await context.cache.receipt(recipe);
  if (receipt === undefined)
    attempts.push({ source: "cache", reason: `not in ${context.cache.root}` });
  const part = receipt && (await look(receipt.place, "cache"));
  return { part, attempts, settled: false };
}

/**
 * The tool at this place, or why it is no good. Starts it only when it was not seen to start
 * before, as it is now.
 */
export async function sight(
  recipe: Recipe,
  place: Place,
  source: ToolSource,
  context: FindContext,
): Promise<Part | string> {
  const known = await context.cache.sighted(recipe, place);
  if (known !== undefined) return "part" in known ? { ...known.part, source } : known.reason;

  const scratch = await mkdtemp(join(tmpdir(), "seawall-check-"));
  try {
    const {
      version,
      env = {},
      args = [],
      companions = {},
      restsOn = [],
    } = await recipe.check(place, { ...context, scratch });
    const part: Part = {
      name: recipe.name,
      version,
      source,
      executable: place.executable,
      directory: place.root ?? place.directory,
      env,
      args,
      companions,
    };
    await context.cache
      .keepSighted(recipe, place, { stamp: stampOf(place, restsOn), part })
      .catch(unkept);
    return part;
  } catch (error) {
    if (!isRejection(error)) throw error;
    if (error instanceof WrongVersion)
      await context.cache
        .keepSighted(recipe, place, { stamp: stampOf(place, []), reason: error.message })
        .catch(unkept);
    return error.message;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * A cache that cannot be written only makes the next start slower; a build that needs it says so by
 * itself.
 */
function unkept(): void {}
