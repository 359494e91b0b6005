/**
 * The package is compiled: a source that names a module by `.ts` finds nothing there. Imports are
 * rewritten. Other names of modules take the ending from `harness/system/sources.ts`, or from
 * `import.meta.filename`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root, sourcesIn } from "../test/support/sources.ts";

/** What is no module of the package, each with the reason. */
const others: Readonly<Record<string, string>> = {
  "harness/load/k6.ts": "the script that a run writes for k6",
  "harness/app/baseline.ts": "a checkout of a commit, which is never compiled",
  "harness/cli/commands/gameday.ts": "an example in a help text",
  "harness/cli/examples.ts": "examples in help texts",
  "harness/system/sources.ts": "the endings themselves, and those of users",
};

it("names no module of the package by its ending in the checkout", () => {
  const found = ["harness", "targets", "experiments"]
    .flatMap((folder) => sourcesIn(folder))
    .filter(
      (path) => !(path in others) && !/^harness\/check\.ts$|^experiments\/repeated\//.test(path),
    )
    .flatMap((path) =>
      readFileSync(join(root, path), "utf8")
        .split("\n")
        .filter((line) => !/^\s*(\*|\/\*|\/\/)|\bfrom "|\bimport[ (]"/.test(line))
        .filter((line) => /[\w}](?<!\.d)\.ts["'`]/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
  expect(found).toEqual([]);
});
