import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Capability, FaultKind } from "./fault.ts";
import {
  type Capabilities,
  faultNames,
  faultShape,
  simulatedSupport,
  supportOf,
} from "./faults.ts";
import { faultTable, withTable } from "./table.ts";
import * as registry from "./registry.ts";

const kinds = Object.entries(registry) as unknown as readonly (readonly [string, FaultKind])[];
const folderOf = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const here = import.meta.dirname;

describe("the list of faults", () => {
  it("has each folder once, under the name that its schema asks for", () => {
    const folders = readdirSync(here, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    expect(faultNames.map(folderOf).sort()).toEqual(folders.sort());
    for (const [name, { schema }] of kinds) {
      const complains = (kind: string): boolean =>
        schema.safeParse({ kind }).error?.issues.some(({ path }) => path[0] === "kind") === true;
      expect([complains(name), complains("another")], name).toEqual([false, true]);
    }
  });

  it("has a course in virtual time beside each fault that says it has one, or says why not", () => {
    for (const [name, { simulate }] of kinds) {
      expect(simulatedSupport[name as keyof typeof simulatedSupport]).toBe(
        typeof simulate === "string" ? simulate : true,
      );
      if (typeof simulate === "string")
        expect(existsSync(join(here, folderOf(name), "simulate.ts")), name).toBe(false);
    }
  });

  it("refuses a fault that it does not have, and a field that a fault does not have", () => {
    expect(faultShape.safeParse({ kind: "kill", service: "a" }).success).toBe(true);
    expect(faultShape.safeParse({ kind: "meteor", service: "a" }).success).toBe(false);
    expect(faultShape.safeParse({ kind: "kill", service: "a", zone: "b" }).success).toBe(false);
  });

  it("asks a substrate for what a fault needs, and only then", () => {
    const asked: string[] = [];
    const able = {
      processes: true,
      pausing: true,
      links: true,
      operations: true,
      zoneNetworks: "no",
      clockSkew: true,
      packetLoss: true,
    } as const;
    const support = supportOf({ ...able, fullDisk: true });
    expect(faultNames.filter((name) => support[name] !== true)).toEqual(["blackhole"]);
    expect(support.blackhole).toBe("no");
    const lazy: Capabilities = {
      ...able,
      get fullDisk() {
        asked.push("fullDisk");
        return "no room" as const;
      },
    };
    const lazily = supportOf(lazy);
    expect([lazily.kill, asked.length]).toEqual([true, 0]);
    expect([lazily.fullDisk, asked.length]).toEqual(["no room", 1]);
  });

  it("names what substrates can do, all of which some fault needs", () => {
    const all: Readonly<Record<Capability, true>> = {
      processes: true,
      pausing: true,
      links: true,
      operations: true,
      zoneNetworks: true,
      fullDisk: true,
      clockSkew: true,
      packetLoss: true,
    };
    expect([...new Set(kinds.flatMap(([, { needs }]) => needs))].sort()).toEqual(
      Object.keys(all).sort(),
    );
  });
});

describe("the README", () => {
  it("has the table that follows from the list; `vitest -u` writes it", async () => {
    const path = join(here, "README.md");
    const text = readFileSync(path, "utf8");
    expect(faultTable().length).toBe(faultNames.length + 2);
    await expect(withTable(text)).toMatchFileSnapshot(path);
  });
});
