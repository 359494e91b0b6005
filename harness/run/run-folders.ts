/** Where commands look for runs in a folder that a user names. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { foldersIn } from "../system/files.ts";
import { files } from "./run-directory.ts";

/**
 * A run, a folder of runs, or a folder of such folders, as `--out` makes one:
 * `OUT/EXPERIMENT/RUN`.
 */
export function runFoldersIn(folder: string): string[] {
  const inside = (path: string): string[] =>
    foldersIn(path)
      .filter((name) => !name.startsWith("."))
      .map((name) => join(path, name));
  const isRun = (path: string): boolean => existsSync(join(path, files.plan));
  if (isRun(folder)) return [folder];
  return inside(folder)
    .flatMap((path) => (isRun(path) ? [path] : inside(path)))
    .filter(isRun)
    .sort();
}
