/**
 * The token for the control endpoints of the target that `docker compose up` starts. The first
 * container generates it.
 */
import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The same in all containers that share `folder`. Throws if the folder cannot be written. */
export function sharedToken(folder: string): string {
  const path = join(folder, "control-token");
  const drawn = randomBytes(16).toString("hex");
  const beside = `${path}.${drawn}`;
  writeFileSync(beside, drawn, { mode: 0o600 });
  try {
    // Atomic, so that no reader sees a partial token.
    linkSync(beside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(beside);
  }
  return readFileSync(path, "utf8");
}
