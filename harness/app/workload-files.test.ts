import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { workloadExports, workloadNeeds } from "./workload-files.ts";

let pack: { readonly workloads: string };
beforeEach(() => {
  pack = { workloads: mkdtempSync(join(tmpdir(), "seawall-workloads-")) };
});
afterEach(() => rmSync(pack.workloads, { recursive: true, force: true }));

describe("workloads", () => {
  const workload = (name: string, text: string): void =>
    writeFileSync(join(pack.workloads, `${name}.ts`), text);

  it("export functions in any spelling, which are read without running k6", () => {
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

  it("are refused where they are no module", () => {
    workload("broken", "export function (");
    expect(() => workloadExports(pack, "broken")).toThrow(
      /broken\.ts is not a module that k6 can run: /,
    );
  });

  it("find `seawall/k6` in the harness that runs, without an installation beside them", () => {
    workload(
      "alone",
      'import { loadSettings } from "seawall/k6";\nexport const { seed } = loadSettings();',
    );
    expect(workloadExports(pack, "alone")).toEqual(["seed"]);
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
