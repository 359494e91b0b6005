import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { describeFault, type Fault, faultShape } from "../../../../harness/faults/faults.ts";
import type { FaultKinds } from "../../../../harness/target/fault.ts";
import { faults } from "../faults.ts";
import { streaming } from "../pack.ts";

const here = import.meta.dirname;
const kinds = streaming.faults as FaultKinds;
const folderOf = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe("faults of streams", () => {
  it("are listed once each, under their schema's name, with a function each", () => {
    const folders = readdirSync(here, { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(Object.keys(kinds).map(folderOf).sort()).toEqual(folders.map(({ name }) => name).sort());
    expect(Object.keys(faults)).toEqual(Object.keys(kinds));
    for (const [name, { schema }] of Object.entries(kinds)) {
      const complains = (kind: string): boolean =>
        schema.safeParse({ kind }).error?.issues.some(({ path }) => path[0] === "kind") === true;
      expect([complains(name), complains("another")], name).toEqual([false, true]);
    }
  });

  it("are plain data with a schema and a description", () => {
    const fault = faults.badSegments({ service: "p", defect: "short", segments: 3 });
    expect(fault).toEqual({ kind: "badSegments", service: "p", defect: "short", segments: 3 });
    expect(describeFault(fault)).toBe("p spoils 3 segments: short");
    const slow = faults.slowStore({ delayMs: 100, jitterMs: 200 });
    expect(faultShape.safeParse(fault).success).toBe(true);
    expect(faultShape.safeParse(slow).success).toBe(false);
    // @ts-expect-error a defect that no packager has
    const ugly: Fault = faults.badSegments({ service: "p", defect: "ugly", segments: 3 });
    expect(faultShape.safeParse(ugly).error?.issues[0]?.path).toEqual(["defect"]);
  });
});
