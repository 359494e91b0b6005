/**
 * The token that opens the control endpoints of the target that `docker compose up` starts: drawn
 * once, by whichever container is first.
 */
import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The same in all containers that share `folder`, and in none that do not. Throws where the folder
 * cannot be written.
 */
export function sharedToken(folder: string): string {
  const path = join(folder, "control-token");
  const drawn = randomBytes(16).toString("hex");
  const beside = `${path}.${drawn}`;
  writeFileSync(beside, drawn, { mode: 0o600 });
  try {
    // Nobody may read a token that is not wholly written.
    linkSync(beside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(beside);
  }
  return readFileSync(path, "utf8");
}
