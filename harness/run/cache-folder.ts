/**
 * The cache folder for tools, media and undo ledgers: one per user, unless SEAWALL_CACHE names
 * another.
 */
import { homedir } from "node:os";
import { join } from "node:path";

export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return (
    env["SEAWALL_CACHE"] ||
    join(env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache"), "seawall")
  );
}

/** Ledgers and locks. */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(cacheFolder(env), "state");
}
