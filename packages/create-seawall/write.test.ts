/** What is written into a folder, and what is refused before anything is. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadExperiment } from "../../harness/app/experiment-files.ts";
import type { Context } from "../../harness/app/context.ts";
import { loadConfig, projectAt } from "../../harness/app/project.ts";
import { answerForEntries } from "../../harness/app/public-entry.ts";
import { anyCharacter } from "../../test/support/any-character.ts";
import { root } from "../../test/support/packages.ts";
import { times } from "../../test/support/thorough.ts";
import type { Answers } from "./kind.ts";
import { type KindName, kindNames, kinds } from "./kinds.ts";
import { write } from "./write.ts";

answerForEntries(root);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seawall-create-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const usual = (kind: KindName): Answers =>
  Object.fromEntries(kinds[kind].questions.map(({ name, usually }) => [name, usually]));
const text = (...path: readonly string[]): string => readFileSync(join(folder, ...path), "utf8");
const wanted = (kind: KindName) => ({ folder, kind, answers: usual(kind), seawall: "^0.1.0" });

describe("the files that are written", () => {
  it.each(kindNames)(
    "are an experiment and a configuration that Seawall reads: %s",
    async (kind) => {
      write(wanted(kind));
      const context = { root, cwd: folder, env: {}, project: projectAt(root, folder) } as unknown;
      await loadConfig(context as Context);
      expect(await loadExperiment(context as Context, "first-storm")).toMatchObject({
        name: "first-storm",
      });
    },
  );

  it("ask for Seawall, and have a page, a workflow and what git ignores", () => {
    expect(write(wanted("reference")).sort()).toEqual([
      ".github/workflows/storms.yml",
      ".gitignore",
      "package.json",
      "seawall.config.ts",
      "storms/README.md",
      "storms/first-storm.ts",
      "storms/target.ts",
    ]);
    expect(JSON.parse(text("package.json"))).toMatchObject({
      type: "module",
      devDependencies: { seawall: "^0.1.0" },
    });
    expect(text(".gitignore")).toBe("node_modules/\nreports/\n");
  });

  it("leave a package as it is, and fit one of CommonJS", () => {
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ name: "shop", scripts: { test: "x" }, devDependencies: { a: "1" } }),
    );
    writeFileSync(join(folder, ".gitignore"), "/node_modules");
    write(wanted("address"));
    expect(JSON.parse(text("package.json"))).toEqual({
      name: "shop",
      scripts: { test: "x" },
      devDependencies: { a: "1", seawall: "^0.1.0" },
    });
    expect(text(".gitignore")).toBe("/node_modules\nreports/\n");
    expect(readdirSync(join(folder, "storms"))).toContain("first-storm.mts");
    expect(existsSync(join(folder, "seawall.config.mts"))).toBe(true);
  });

  it("name a host besides this machine in the configuration", () => {
    const answers = { address: "http://staging.example:8080/health?deep=1" };
    write({ ...wanted("address"), answers });
    expect(text("seawall.config.ts")).toContain('allowHosts: ["staging.example"]');
    expect(text("storms/target.ts")).toContain('path: "/health?deep=1"');
  });

  it("are programs whatever the address is made of", () => {
    // `fc.webUrl` lists all of Unicode first, which takes a second.
    const part = fc.string({ unit: anyCharacter, maxLength: 12 }).map(encodeURIComponent);
    const url = fc
      .tuple(fc.constantFrom("http", "https"), fc.domain(), part, part)
      .map(([scheme, host, path, query]) => `${scheme}://${host}/${path}?${query}`);
    fc.assert(
      fc.property(url, fc.string(), (address, name) => {
        const answers = { address, compose: `${name}.yml` };
        const files = kinds.compose.files(answers, "ts");
        for (const program of Object.values(files)) stripTypeScriptTypes(program);
      }),
      { numRuns: times(50) },
    );
  });
});

it("refuses to write over what lies there, and writes nothing then", () => {
  mkdirSync(join(folder, "storms"));
  writeFileSync(join(folder, "storms/target.ts"), "mine");
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  expect(() => write(wanted("reference"))).toThrow(
    "storms/target.ts lies there already; nothing was written",
  );
  expect(readdirSync(folder).sort()).toEqual(["package.json", "storms"]);
  expect(text("package.json")).toBe('{"type":"module"}');
});
