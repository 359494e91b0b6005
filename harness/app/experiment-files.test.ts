import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "./context.ts";
import { experimentNames, loadExperiment } from "./experiment-files.ts";

const own = { root: resolve(import.meta.dirname, "../.."), cwd: "/" } as Context;
let context: Context;
let pack: { readonly workloads: string };
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "seawall-experiments-"));
  mkdirSync(join(root, "experiments"), { recursive: true });
  pack = { workloads: join(root, "workloads") };
  mkdirSync(pack.workloads);
  context = { root, cwd: root } as Context;
});
afterEach(() => rmSync(context.root, { recursive: true, force: true }));
const write = (name: string, text: string): void =>
  writeFileSync(join(context.root, "experiments", name), text);

describe("experiments", () => {
  it("are the files of their folder, sorted, without tests", () => {
    for (const name of ["b.ts", "a.ts", "a.test.ts", "README.md"]) write(name, "");
    expect(experimentNames(context)).toEqual(["a", "b"]);
  });

  it("that come with Seawall can all be loaded, by name and by path", async () => {
    for (const name of experimentNames(own)) {
      expect((await loadExperiment(own, name)).name).toBe(name);
      expect(
        (await loadExperiment({ ...own, cwd: join(own.root, "experiments") }, `./${name}.ts`)).name,
      ).toBe(name);
    }
  });

  it.each(["orgin-storm", "__proto__", "constructor", "../secret", "none.ts", ""])(
    "are not found under %j",
    async (name) => {
      write("origin-storm.ts", "");
      await expect(loadExperiment(context, name)).rejects.toMatchObject({
        code: "UNKNOWN_NAME",
        exitCode: 64,
        hint: expect.stringContaining("seawall list"),
      });
    },
  );

  it("suggest the nearest name", async () => {
    write("origin-storm.ts", "");
    await expect(loadExperiment(context, "orgin-storm")).rejects.toThrow(
      'did you mean "origin-storm"?',
    );
  });

  it.each([
    ["export const x = 1;", "no default export"],
    ["export default {};", "name: "],
    ["export default null;", "experiment: "],
    ["export default 7;", "experiment: "],
    ["throw new Error('at once');", "at once"],
    ["import './none.ts';", "cannot be loaded"],
    ["export default {", "cannot be loaded"],
  ])("are refused if they are none: %j", async (text, message) => {
    write("broken.ts", text);
    await expect(loadExperiment(context, "broken")).rejects.toMatchObject({
      code: "EXPERIMENT_MALFORMED",
      message: expect.stringContaining(message),
      hint: expect.stringContaining("defineExperiment"),
    });
  });

  it("are told of the public entry if they import what an earlier version had", async () => {
    write("earlier.ts", "import '../harness/core/experiment.ts';");
    await expect(loadExperiment(context, "earlier")).rejects.toMatchObject({
      message: expect.stringContaining("harness/core/experiment.ts"),
      hint: expect.stringContaining("harness/index.ts"),
    });
  });
});
