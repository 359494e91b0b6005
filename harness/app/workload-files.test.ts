import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { workloadExports, workloadNeeds } from "./workload-files.ts";

let context: { readonly root: string };
beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "seawall-workloads-"));
  mkdirSync(join(root, "experiments", "workloads"), { recursive: true });
  context = { root };
});
afterEach(() => rmSync(context.root, { recursive: true, force: true }));

describe("workloads", () => {
  const workload = (name: string, text: string): void =>
    writeFileSync(join(context.root, "experiments", "workloads", `${name}.ts`), text);

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
    expect([...(workloadExports(context, "crowd") ?? [])].sort()).toEqual([
      "asOther",
      "default",
      "dvr",
      "live",
      "other",
      "shared",
      "start",
    ]);
    expect(workloadExports(context, "none")).toBeNull();
  });

  it("are refused where they are no module", () => {
    workload("broken", "export function (");
    expect(() => workloadExports(context, "broken")).toThrow(
      /broken\.ts is not a module that k6 can run: /,
    );
  });

  it("say whom they must be told of", () => {
    writeFileSync(
      join(context.root, "experiments", "workloads", "crowd.ts"),
      'export const needs = ["gateways", "moon"] as const;\nexport function live(): void {}\n',
    );
    writeFileSync(
      join(context.root, "experiments", "workloads", "plain.ts"),
      "export function live(): void {}\n",
    );
    expect(["crowd", "plain", "none"].map((name) => workloadNeeds(context, name))).toEqual([
      ["gateways", "moon"],
      [],
      [],
    ]);
  });
});
