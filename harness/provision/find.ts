/**
 * Finds a tool that is already on this machine: environment variable, PATH, tool cache. Builds
 * nothing.
 */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ToolSource } from "../target/tools.ts";
import { stampOf, type ToolCache } from "./cache.ts";
import { type Part, type Place, type Recipe, isRejection, WrongVersion } from "./recipe.ts";

/** One path or source that was tried without success. */
export interface Attempt {
  readonly source: ToolSource;
  readonly reason: string;
  /** Nothing was tried, because the tool's variable is not set. */
  readonly unset?: true;
}

export interface Finding {
  readonly part: Part | undefined;
  readonly attempts: readonly Attempt[];
  /** The user named a path that is unusable: no other may replace it. */
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
 * The tool at this path, or why it is unusable. Starts it only if its current state has not been
 * started before.
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

/** A read-only cache only slows down the next start; a build that needs it reports that itself. */
function unkept(): void {}
