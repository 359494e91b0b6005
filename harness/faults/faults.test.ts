import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Capability, FaultKind } from "../target/fault.ts";
import { z } from "zod";
import type { Pack } from "../target/pack.ts";
import { introduce } from "../target/packs.ts";
import {
  describeFault,
  type Fault,
  kindOf,
  unknownFault,
  faultNames,
  faultShape,
  simulatedSupport,
  supportOf,
} from "./faults.ts";
import * as registry from "./registry.ts";

const kinds = Object.entries(registry) as unknown as readonly (readonly [string, FaultKind])[];
const registryOf = (name: string): FaultKind => Object.fromEntries(kinds)[name] as FaultKind;
const folderOf = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const here = import.meta.dirname;

describe("the list of faults", () => {
  it("contains each folder once, under the name in its schema", () => {
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

  it("has a simulation, or the reason why there is none, for each fault", () => {
    for (const [name, { simulate }] of kinds) {
      expect(simulatedSupport(registryOf(name))).toBe(
        typeof simulate === "string" ? simulate : true,
      );
      if (typeof simulate === "string")
        expect(existsSync(join(here, folderOf(name), "simulate.ts")), name).toBe(false);
    }
  });

  it("refuses unknown faults and unknown fields", () => {
    expect(faultShape.safeParse({ kind: "kill", service: "a" }).success).toBe(true);
    expect(faultShape.safeParse({ service: "a" }).success).toBe(false);
    expect(faultShape.safeParse({ kind: "kill", service: "a", zone: "b" }).success).toBe(false);
  });

  it("leaves a pack's fault to that pack, and names an unknown one", () => {
    const meteor = { kind: "meteor", size: 3 } as unknown as Fault;
    expect(unknownFault(meteor)).toEqual([expect.stringMatching(/^unknown fault "meteor"/)]);
    expect(describeFault(meteor)).toBe("meteor (size 3)");
    expect(kindOf(meteor).lasts(meteor)).toBe(true);
    const pack: Pack = {
      name: "of-a-test",
      trafficClasses: [],
      metrics: {},
      faults: {
        meteor: {
          ...(registry.kill as unknown as FaultKind),
          schema: z.strictObject({ kind: z.literal("meteor"), size: z.number() }),
        },
      },
    };
    introduce(pack);
    expect(unknownFault(meteor)).toHaveLength(1);
    expect(unknownFault(meteor, pack)).toEqual([]);
    expect(faultShape.safeParse(meteor).success).toBe(true);
    expect(faultShape.safeParse({ ...meteor, size: "big" }).error?.issues[0]?.path).toEqual([
      "size",
    ]);
  });

  it("is tested on real processes, except for faults that processes do not support", () => {
    const tried = readFileSync(join(here, "faults.process.test.ts"), "utf8");
    expect(faultNames.filter((name) => !tried.includes(`kind: "${name}"`))).toEqual(["blackhole"]);
  });

  it("requires a substrate's capability only for the faults that need it", () => {
    const asked: string[] = [];
    const able = {
      processes: true,
      pausing: true,
      links: true,
      operations: true,
      zoneNetworks: "no",
    } as const;
    const support = supportOf(able, (effect) => {
      asked.push(effect);
      return effect !== "fullDisk" || "no room";
    });
    expect([support(registryOf("kill")), asked]).toEqual([true, []]);
    expect(support(registryOf("blackhole"))).toBe("no");
    expect([support(registryOf("fullDisk")), asked]).toEqual(["no room", ["fullDisk"]]);
    expect(faultNames.filter((name) => support(registryOf(name)) !== true)).toEqual([
      "blackhole",
      "fullDisk",
    ]);
  });

  it("lists only capabilities that some fault needs", () => {
    const all: Readonly<Record<Capability, true>> = {
      processes: true,
      pausing: true,
      links: true,
      operations: true,
      zoneNetworks: true,
    };
    expect([...new Set(kinds.flatMap(([, { needs }]) => needs))].sort()).toEqual(
      Object.keys(all).sort(),
    );
  });
});
