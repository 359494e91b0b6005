/**
 * Lines end at 100 columns. The formatter leaves strings, templates and comments as they are, and
 * never breaks the title of a test.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const columnsMax = 100;
const folders = ["harness", "targets", "experiments", "examples", "packages", "benchmarks", "test"];

/** Lines that cannot be wrapped. */
const wholeLines: Readonly<Record<string, RegExp>> = {
  "the title of a test": /^\s*(it|test|describe)\b.*["`]/,
  "a regular expression": /^\s*\/[^/*].*\/[a-z]*[,;]?$/,
  "an import of one name": /^(import|export) .* from ".*";$/,
};

/** Tests that contain another program's output, as it was printed. */
const captured = new Set(["harness/load/csv.test.ts", "harness/system/sockets.test.ts"]);

it("keeps lines within 100 columns", () => {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
      .map((name) => `${folder}/${name}`)
      .filter((name) => !captured.has(name)),
  );
  const longer = files.flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .flatMap((line, index) => (tooLong(line) ? [`${file}:${index + 1}`] : [])),
  );
  expect(longer).toEqual([]);
});

function tooLong(line: string): boolean {
  return line.length > columnsMax && !Object.values(wholeLines).some((whole) => whole.test(line));
}
