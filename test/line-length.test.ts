/**
 * Lines end at 100 columns. The formatter leaves strings, templates and comments as they are, and
 * never breaks the title of a test.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const isTitle = (line: string): boolean => /^\s*(it|test|describe)\b.*["`]/.test(line);
const root = join(import.meta.dirname, "..");
const columnsMax = 100;
/** What is longer still. This number may fall, and never rise. */
const longerMax = 348;

it("keeps lines within 100 columns, but for those that are still to be wrapped", () => {
  const folders = ["harness", "targets", "experiments", "examples", "benchmarks", "test"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.includes("node_modules"))
      .map((name) => join(root, folder, name)),
  );
  const longer = files.flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.length > columnsMax && !isTitle(line)),
  );
  const hint = "wrap yours: git diff -U0 main | grep -E '^\\+.{101}'";
  expect(longer.length, hint).toBeLessThanOrEqual(longerMax);
  // Whoever wraps some writes the new number here.
  expect(longer.length).toBeGreaterThan(longerMax - 50);
});
