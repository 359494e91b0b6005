/** Helpers for every recipe: find programs by name, and query their version. */

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { failureOf, run } from "../../system/child.ts";
import { type CheckContext, type Place, Rejected } from "../recipe.ts";

/** Debian's folders for servers, which an ordinary user's PATH omits. */
const serverFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

const versionTimeoutMs = 15_000;

export function placeOfProgram(executable: string): Place {
  return { executable, directory: dirname(executable) };
}

/** Every program of this name in PATH, in its order. */
export function programsInPath(name: string, env: NodeJS.ProcessEnv): readonly Place[] {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  const paths = [...folders, ...serverFolders]
    .map((folder) => join(folder, name))
    .filter(isExecutable);
  return [...new Set(paths)].map(placeOfProgram);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The program's output on either stream; `Rejected` if it fails. */
export async function ask(
  place: Place,
  args: readonly string[],
  { env, signal }: CheckContext,
  extraEnv: Readonly<Record<string, string>> = {},
): Promise<string> {
  const outcome = await run(place.executable, args, {
    env: { ...env, ...extraEnv },
    signal,
    timeoutMs: versionTimeoutMs,
  });
  if (outcome.exitCode !== 0) throw new Rejected(failureOf(place.executable, outcome));
  return `${outcome.stdout}${outcome.stderr}`;
}

/** Existing programs next to the tool. */
export function companionsOf(
  place: Place,
  names: readonly string[],
  folders: readonly string[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const path = [dirname(place.executable), ...folders]
      .map((folder) => join(folder, name))
      .find(isExecutable);
    if (path !== undefined) found[name] = path;
  }
  return found;
}
