/** Takes secrets out of the logs of a run: the programs that wrote them know no better. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { holdsSecret, redacted } from "../base/redact.ts";
import { writeWhole } from "../system/files.ts";

/** No log of a run grows to so many; it would not fit into one text. */
const bytesMax = 256 * 1024 * 1024;

export function scrubLogs(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() !== true || stat.size > bytesMax) continue;
    const text = readFileSync(path, "utf8");
    if (holdsSecret(text)) writeWhole(path, redacted(text));
  }
}
