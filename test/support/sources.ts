/** The source files below a folder of the project, without tests. */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { isTest } from "../../harness/system/sources.ts";

export const root = resolve(import.meta.dirname, "../..");

/** By their paths from the root. */
export function sourcesIn(folder: string, code: RegExp = /\.ts$/): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => code.test(path) && !isTest(path) && !path.includes("node_modules"));
}
