/**
 * The tool cache: what was built or downloaded (`trees`), the path of each tool (`tools`), and the
 * result of starting it (`sightings`). With these, a warm start executes nothing. A tool exists
 * once its receipt in `tools` is written, which is the last step. What an interrupted build leaves
 * is never used.
 */

import { createHash, randomUUID } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import type { Part, PartName, Place, Recipe } from "./recipe.ts";

/** Size and modification time of every file on which a sighting depends, by path. */
export type Stamp = Readonly<Record<string, string>>;

/** A program was started: it is either good or was rejected. */
export type Sighted = { readonly stamp: Stamp } & (
  | { readonly part: Part }
  | { readonly reason: string }
);

/** The path of a tool in the cache. */
export interface Receipt {
  readonly pin: string;
  readonly place: Place;
}

const stampSchema = z.record(z.string(), z.string());
const partSchema = z.object({
  name: z.string(),
  version: z.string(),
  source: z.enum(["environment", "path", "cache", "download", "registry"]),
  executable: z.string(),
  directory: z.string(),
  env: z.record(z.string(), z.string()),
  args: z.array(z.string()),
  companions: z.record(z.string(), z.string()),
});
const sightedSchema = z.union([
  z.object({ stamp: stampSchema, part: partSchema }),
  z.object({ stamp: stampSchema, reason: z.string() }),
]);
const receiptSchema = z.object({
  pin: z.string(),
  place: z.object({ executable: z.string(), directory: z.string(), root: z.string().optional() }),
});

/** The package database: it changes with the system libraries that an extracted program uses. */
const packageDatabase = "/var/lib/dpkg/status";

export class ToolCache {
  readonly root: string;

  constructor(env: NodeJS.ProcessEnv) {
    this.root = toolCacheRoot(env);
  }

  folder(...names: string[]): string {
    return join(this.root, ...names);
  }

  async receipt(recipe: Recipe): Promise<Receipt | undefined> {
    const receipt = await readJson(this.folder("tools", `${recipe.name}.json`), receiptSchema);
    if (receipt === undefined || receipt.pin !== recipe.pin) return undefined;
    const { root, ...place } = receipt.place;
    return { pin: receipt.pin, place: root === undefined ? place : { ...place, root } };
  }

  async keepReceipt(name: PartName, receipt: Receipt): Promise<void> {
    await writeJson(this.folder("tools", `${name}.json`), receipt);
  }

  /** The earlier result for this path, if none of the files that it depends on has changed. */
  async sighted(recipe: Recipe, place: Place): Promise<Sighted | undefined> {
    const sighted = await readJson(this.#sightingFile(recipe, place), sightedSchema);
    return sighted !== undefined && isCurrent(sighted.stamp) ? sighted : undefined;
  }

  async keepSighted(recipe: Recipe, place: Place, sighted: Sighted): Promise<void> {
    await writeJson(this.#sightingFile(recipe, place), sighted);
  }

  /** A new empty folder on the file system of the trees, so that it can be renamed into them. */
  async staging(label: string): Promise<string> {
    const path = this.folder("staging", `${label}-${randomUUID()}`);
    await mkdir(path, { recursive: true });
    return path;
  }

  /**
   * Removes the remains of interrupted builds with this label. Call it with their lock held, so
   * that no live build owns any.
   */
  async sweep(label: string): Promise<void> {
    const names = await readdir(this.folder("staging")).catch(() => []);
    const left = names.filter((name) => name.startsWith(`${label}-`));
    await Promise.all(
      left.map((name) => rm(this.folder("staging", name), { recursive: true, force: true })),
    );
  }

  #sightingFile(recipe: Recipe, place: Place): string {
    const key = createHash("sha256")
      .update(JSON.stringify([recipe.name, recipe.pin, place.executable, place.root]))
      .digest("hex");
    return this.folder("sightings", `${recipe.name}-${key.slice(0, 16)}.json`);
  }
}

/**
 * The cache folder for this kind of machine: a home folder may be shared between several, or
 * mounted into another distribution's container.
 */
export function toolCacheRoot(env: NodeJS.ProcessEnv): string {
  const base =
    env.SEAWALL_CACHE ||
    join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "seawall");
  return join(resolve(base), platform());
}

export function stampOf(place: Place, restsOn: readonly string[]): Stamp {
  const paths = [place.executable, ...restsOn, packageDatabase];
  return Object.fromEntries(paths.map((path) => [path, stateOf(path)]));
}

function isCurrent(stamp: Stamp): boolean {
  return Object.entries(stamp).every(([path, state]) => stateOf(path) === state);
}

function stateOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? "absent" : `${stats.size}:${stats.mtimeMs}`;
}

function platform(): string {
  const names: string[] = [process.platform, process.arch];
  try {
    const release = readFileSync("/etc/os-release", "utf8");
    for (const key of ["ID", "VERSION_ID"]) {
      const value = new RegExp(`^${key}="?([\\w.-]+)`, "m").exec(release)?.[1];
      if (value !== undefined) names.push(value);
    }
  } catch {
    // The distribution does not state its name.
  }
  return names.join("-");
}

/** A missing, truncated or older file is ignored, and the tool is inspected again. */
async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return undefined;
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, `${JSON.stringify(value, undefined, 2)}\n`);
  await rename(temporary, path);
}
