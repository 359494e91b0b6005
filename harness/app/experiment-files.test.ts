import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "./context.ts";
import {
  experimentNames,
  loadExperiment,
  workloadExports,
  workloadNeeds,
} from "./experiment-files.ts";

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
});

describe("workloads", () => {
  const workload = (name: string, text: string): void =>
    writeFileSync(join(pack.workloads, `${name}.ts`), text);

  it("export functions in any syntax, which are read without running k6", () => {
    workload(
      "crowd",
      `
      export function live(): void {}
      export async function dvr() {}
      function own() {}
      export const options = {};
      export const start = (): void => {};
      function other(): void {}
      export { other, own as asOther };
      export default function (): void {}
      export type Kind = "a";
      export * from "./shared.ts";
      // export function commented() {}
      const text = "export function quoted() {}";`,
    );
    workload(
      "shared",
      "export const shared = () => {};\nexport default shared;\nexport * from './crowd.ts';",
    );
    expect([...(workloadExports(pack, "crowd") ?? [])].sort()).toEqual([
      "asOther",
      "default",
      "dvr",
      "live",
      "other",
      "shared",
      "start",
    ]);
    expect(workloadExports(pack, "none")).toBeNull();
  });

  it("are refused if they are no module", () => {
    workload("broken", "export function (");
    expect(() => workloadExports(pack, "broken")).toThrow(
      /broken\.ts is not a module that k6 can run: /,
    );
  });

  it("declare the entry points that they need", () => {
    writeFileSync(
      join(pack.workloads, "crowd.ts"),
      'export const needs = ["gateways", "moon"] as const;\nexport function live(): void {}\n',
    );
    writeFileSync(join(pack.workloads, "plain.ts"), "export function live(): void {}\n");
    expect(["crowd", "plain", "none"].map((name) => workloadNeeds(pack, name))).toEqual([
      ["gateways", "moon"],
      [],
      [],
    ]);
  });
});
