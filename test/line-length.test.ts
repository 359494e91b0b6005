/**
 * Lines end at 100 columns, in each file that people write. The formatter leaves strings, templates
 * and comments as they are, and never breaks the title of a test.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const columnsMax = 100;
const folders = [
  ".ci",
  "harness",
  "targets",
  "experiments",
  "examples",
  "packages",
  "benchmarks",
  "test",
];
const alone = ["seawall", "vitest.config.ts", ".ci/run"];
/** Markdown has a test of its own. */
const written = /\.(ts|mjs|js|css|sh|yml|vcl|conf|html|go)$|(^|\/)Dockerfile$/;

/** Lines that cannot be wrapped. */
const wholeLines: Readonly<Record<string, RegExp>> = {
  "the title of a test": /^\s*(it|test|describe)\b.*["`]/,
  "a regular expression": /^\s*\/[^/*].*\/[a-z]*[,;]?$/,
  "an import of one name": /^(import|export) .* from ".*";$/,
};

/** Each with the reason why its lines stay as they are. */
const leftOut: Readonly<Record<string, string>> = {
  "harness/load/csv.test.ts": "another program's output, as it was printed",
  "harness/system/sockets.test.ts": "another program's output, as it was printed",
  "targets/live-streaming/edge/vcl/settings.vcl": "a program writes it, and a test compares it",
};

it("keeps lines within 100 columns", () => {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => written.test(name) && !name.includes("node_modules"))
      .map((name) => `${folder}/${name}`)
      .filter((name) => !(name in leftOut)),
  );
  const longer = [...files, ...alone].flatMap((file) =>
    readFileSync(join(root, file), "utf8")
      .split("\n")
      .flatMap((line, index) => (tooLong(line) ? [`${file}:${index + 1}`] : [])),
  );
  expect(longer).toEqual([]);
});

function tooLong(line: string): boolean {
  return line.length > columnsMax && !Object.values(wholeLines).some((whole) => whole.test(line));
}
