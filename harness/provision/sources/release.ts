/**
 * Downloads a project's release and verifies it against the published checksum file. This detects a
 * truncated or altered download. It does not detect a release that was replaced together with its
 * checksums; the pinned checksums of registries (go.sum, jars.sha256) would.
 */

import { chmod, mkdir, rm } from "node:fs/promises";
import { arch } from "node:os";
import { join } from "node:path";
import { runWell } from "../../system/child.ts";
import { type PartName, type Place, type Recipe, Rejected, type Release } from "../recipe.ts";
import { checksumFor, download, reach, text } from "./download.ts";
import type { BuildContext, Source } from "./source.ts";

export const release: Source = {
  kind: "download",
  title: "the official release",
  oneByOne: true,
  obstacle: () =>
    process.platform === "linux" && machine() !== undefined
      ? undefined
      : `no release for ${process.platform} ${arch()}`,

  async build(recipes, context) {
    const places = new Map<PartName, Place>();
    for (const recipe of recipes) {
      const found = releaseOf(recipe);
      if (found === undefined) throw new Rejected(`no release for ${process.platform} ${arch()}`);
      await reach(new URL(found.url).hostname, context);
      context.say("downloading the official release");
      const file = join(
        context.staging,
        new URL(found.url).pathname.split("/").at(-1) ?? recipe.name,
      );
      const expected = checksumFor(file, await text(found.checksumUrl, context));
      const actual = await download(found.url, found.algorithm, file, context);
      if (actual !== expected)
        throw new Rejected(`${found.url} differs from its published checksum`);
      places.set(recipe.name, found.place(await unpacked(file, context)));
    }
    return places;
  },
};

function releaseOf({ release: published }: Recipe): Release | undefined {
  const kind = machine();
  return process.platform !== "linux" || kind === undefined ? undefined : published?.(kind);
}

function machine(): "amd64" | "arm64" | undefined {
  return ({ x64: "amd64", arm64: "arm64" } as const)[arch() as "x64" | "arm64"];
}

async function unpacked(file: string, { env, signal, staging }: BuildContext): Promise<string> {
  if (!file.endsWith(".tar.gz")) {
    await chmod(file, 0o755);
    return staging;
  }
  const folder = join(staging, "release");
  await mkdir(folder);
  await runWell("tar", ["-xzf", file, "-C", folder], { env, signal });
  await rm(file);
  return folder;
}
