/**
 * Obtains tools that are not on this machine: tries each source of their group in turn, under a
 * lock, and keeps only what starts.
 */

import { createHash } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Attempt, type FindContext, sight } from "./find.ts";
import { lock } from "../system/lock.ts";
import { allRecipes } from "./catalogue.ts";
import {
  isRejection,
  type Part,
  type PartName,
  type Place,
  type Recipe,
  type SourceName,
} from "./recipe.ts";
import { debian } from "./sources/debian.ts";
import { goModule } from "./sources/goModule.ts";
import { maven } from "./sources/maven.ts";
import { release } from "./sources/release.ts";
import type { Progress, Source } from "./sources/source.ts";

/**
 * Tools from the same sources: one build provides all of them, and different groups are built
 * concurrently.
 */
export interface Group {
  readonly name: string;
  readonly members: readonly PartName[];
  readonly sources: readonly Source[];
}

const sources: Readonly<Record<SourceName, Source>> = { release, goModule, maven, debian };

/** In the order of the recipes. */
export function groups(): readonly Group[] {
  return [...Map.groupBy(allRecipes(), ({ group }) => group)].map(([name, recipes]) => ({
    name,
    members: recipes.map((recipe) => recipe.name),
    sources: (recipes[0]?.from ?? []).map((from) => sources[from]),
  }));
}

export interface ObtainContext extends FindContext {
  readonly progress: (progress: Progress) => void;
  readonly unreachable: Map<string, string>;
}

export interface Obtained {
  readonly parts: ReadonlyMap<PartName, Part>;
  readonly attempts: ReadonlyMap<PartName, readonly Attempt[]>;
}

/**
 * Obtains as many as possible of `recipes`, all members of `group`; `attempts` says why the others
 * failed.
 */
export async function obtain(
  group: Group,
  recipes: readonly Recipe[],
  context: ObtainContext,
): Promise<Obtained> {
  const { cache, signal, progress } = context;
  const parts = new Map<PartName, Part>();
  const attempts = new Map<PartName, Attempt[]>(recipes.map(({ name }) => [name, []]));
  const missing = () => recipes.filter(({ name }) => !parts.has(name));

  const tool = recipes.map(({ name }) => name).join(", ");
  const onWait = () => progress({ tool, step: "waiting for another seawall that downloads it" });
  using _held = await lock(cache.folder("locks", group.name), { signal, onWait });
  await cache.sweep(group.name);
  for (const recipe of recipes) {
    const part = await fromCache(recipe, context);
    if (part) parts.set(recipe.name, part);
  }
  for (const source of group.sources) {
    const batches = source.oneByOne ? missing().map((recipe) => [recipe]) : [missing()];
    for (const batch of batches.filter(({ length }) => length > 0)) {
      const outcome = await build(group, source, batch, context);
      for (const [name, result] of outcome) {
        if (typeof result === "string")
          attempts.get(name)?.push({ source: source.kind, reason: result });
        else parts.set(name, result);
      }
    }
  }
  return { parts, attempts };
}

/** Another process may have obtained the tool while this one waited for the lock. */
async function fromCache(recipe: Recipe, context: ObtainContext): Promise<Part | undefined> {
  const receipt = await context.cache.receipt(recipe);
  const seen = receipt && (await sight(recipe, receipt.place, "cache", context));
  return typeof seen === "object" ? seen : undefined;
}

/**
 * Builds the batch in a staging folder, renames it into place, and keeps each tool that then
 * starts.
 */
async function build(
  group: Group,
  source: Source,
  batch: readonly Recipe[],
  context: ObtainContext,
): Promise<Map<PartName, Part | string>> {
  const { cache, progress } = context;
  const names = batch.map(({ name }) => name);
  const tool = names.join(", ");
  const contents = createHash("sha256")
    .update(JSON.stringify([source.kind, batch.map(({ name, pin }) => [name, pin])]))
    .digest("hex");
  const home = cache.folder("trees", `${group.name}-${contents.slice(0, 8)}`);
  const staging = await cache.staging(group.name);
  try {
    const say = (step: string, detail?: string) =>
      progress(detail === undefined ? { tool, step } : { tool, step, detail });
    const places = await source.build(batch, { ...context, staging, home, say });
    await rm(home, { recursive: true, force: true });
    await mkdir(dirname(home), { recursive: true });
    await rename(staging, home);
    const results = new Map<PartName, Part | string>();
    for (const recipe of batch)
      results.set(
        recipe.name,
        await keep(recipe, moved(places.get(recipe.name), staging, home), source, context),
      );
    return results;
  } catch (error) {
    context.signal?.throwIfAborted();
    if (!isRejection(error)) throw error;
    return new Map(names.map((name) => [name, error.message]));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function keep(
  recipe: Recipe,
  place: Place | undefined,
  source: Source,
  context: ObtainContext,
): Promise<Part | string> {
  if (place === undefined) return `${source.title} holds no ${recipe.name}`;
  const seen = await sight(recipe, place, source.kind, context);
  if (typeof seen === "string") return `from ${source.title}, but: ${seen}`;
  await context.cache.keepReceipt(recipe.name, { pin: recipe.pin, place });
  context.progress({ tool: recipe.name, step: `ready, ${seen.version}` });
  return seen;
}

function moved(place: Place | undefined, from: string, to: string): Place | undefined {
  if (place === undefined) return undefined;
  const move = (path: string) =>
    path === from || path.startsWith(`${from}/`) ? join(to, path.slice(from.length)) : path;
  return {
    executable: move(place.executable),
    directory: move(place.directory),
    ...(place.root === undefined ? {} : { root: move(place.root) }),
  };
}
