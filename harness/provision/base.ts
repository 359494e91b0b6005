/**
 * The content of a container image as one folder, for machines without access to a registry. It is
 * a minimal Debian with the tools at their usual paths.
 */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Tool, ToolName } from "../target/tools.ts";
import { ToolCache } from "./cache.ts";
import { recipeOf } from "./catalogue.ts";
import { lock } from "../system/lock.ts";
import type { ProvisionOptions } from "./provision.ts";
import { Rejected } from "./recipe.ts";
import { debian } from "./sources/debian.ts";
import { makeDebianRoot } from "./sources/debian-root.ts";

export interface BaseFolder extends AsyncDisposable {
  readonly path: string;
}

/**
 * Disposal removes the folder, which takes about 1 GB. Throws `Rejected` if this machine cannot
 * fetch Debian's packages.
 */
export async function makeBaseFolder(
  packages: readonly string[],
  files: Readonly<Record<string, string>>,
  mark: { readonly path: string; readonly text: string },
  { env, signal, progress = () => {} }: ProvisionOptions,
): Promise<BaseFolder> {
  const obstacle =
    process.platform === "linux"
      ? debian.obstacle(env)
      : "only Linux has programs for Linux containers";
  if (obstacle !== undefined) throw new Rejected(obstacle);
  const cache = new ToolCache(env);
  const held = await lock(cache.folder("locks", "image"), {
    signal,
    onWait: () => progress({ tool: "image", step: "waiting for another seawall that builds it" }),
  });
  await cache.sweep("image");
  const staging = await cache.staging("image");
  const folder: BaseFolder = {
    path: join(staging, "root"),
    async [Symbol.asyncDispose]() {
      await rm(staging, { recursive: true, force: true, maxRetries: 3 });
      held[Symbol.dispose]();
    },
  };
  try {
    const say = (step: string, detail?: string) =>
      progress(detail === undefined ? { tool: "image", step } : { tool: "image", step, detail });
    await makeDebianRoot(packages, folder.path, { env, signal, cache, staging, say });
    for (const [to, from] of Object.entries(files)) {
      await mkdir(dirname(join(folder.path, to)), { recursive: true });
      await cp(from, join(folder.path, to), { recursive: true });
    }
    await mkdir(dirname(join(folder.path, mark.path)), { recursive: true });
    await writeFile(join(folder.path, mark.path), mark.text);
    return folder;
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Files of the base: path in the image → path on this machine. `places` has the path of each tool
 * in the image. A tool that runs on another one is a folder.
 */
export function filesOfBase(
  tools: Readonly<Record<ToolName, Tool>>,
  places: Readonly<Record<ToolName, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(places).flatMap(([name, place]) => {
      const tool = tools[name];
      if (tool === undefined) return [];
      const runsOnAnother = name !== "node" && recipeOf(name).runsOn !== undefined;
      return [[place, runsOnAnother ? tool.directory : tool.executable]];
    }),
  );
}
