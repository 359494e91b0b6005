/**
 * The packs that come with Seawall: a record names its pack, and no experiment file is loaded for
 * it.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ending } from "../system/sources.ts";
import type { Context } from "./context.ts";

/** Each registers itself when it is loaded. */
export async function loadPacks({ root }: Pick<Context, "root">): Promise<void> {
  const targets = join(root, "targets");
  if (!existsSync(targets)) return;
  const paths = readdirSync(targets)
    .flatMap((name) => [
      join(targets, name, "pack", `pack${ending}`),
      join(targets, name, "tools", `recipes${ending}`),
    ])
    .filter((path) => existsSync(path));
  for (const path of paths) await import(pathToFileURL(path).href);
}
