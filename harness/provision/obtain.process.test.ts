import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { find } from "./find.ts";
import {
  type FakeMachine,
  fakeMachine,
  findContext,
  installScript,
} from "../../test/support/fake-machine.ts";
import { type Group, type ObtainContext, obtain } from "./obtain.ts";
import { type PartName, type Place, Rejected } from "./recipe.ts";
import type { Progress, Source } from "./sources/source.ts";
import { k6 } from "./tools/k6.ts";
import { placeOfProgram } from "./tools/program.ts";
import { toxiproxy } from "./tools/toxiproxy.ts";

const outputs: Partial<Record<PartName, string>> = {
  k6: "k6 v2.2.0",
  toxiproxy: "toxiproxy-server version 2.12.0",
};

function contextOn(
  machine: FakeMachine,
  seen: Progress[] = [],
  signal?: AbortSignal,
): ObtainContext {
  return {
    ...findContext(machine),
    signal,
    progress: (progress) => seen.push(progress),
    unreachable: new Map(),
  };
}

function sourceThat(build: Source["build"], kind: Source["kind"] = "registry"): Source {
  return {
    kind,
    title: "a source of the test",
    oneByOne: kind === "download",
    obstacle: () => undefined,
    build,
  };
}

/** A source that builds scripts with the output of each tool. */
const working: Source["build"] = async (recipes, { staging }) =>
  new Map(
    recipes.map(({ name }): [PartName, Place] => [
      name,
      placeOfProgram(installScript(join(staging, name), `echo "${outputs[name]}"`)),
    ]),
  );

const groupOf = (...sources: Source[]): Group => ({
  name: "test",
  members: ["k6", "toxiproxy"],
  sources,
});

describe("obtaining a tool", () => {
  it("stores it in the cache, where it is found from then on", async () => {
    using machine = fakeMachine();
    const context = contextOn(machine);
    const { parts } = await obtain(groupOf(sourceThat(working)), [k6, toxiproxy], context);
    expect(parts.get("k6")).toMatchObject({ version: "2.2.0", source: "registry" });
    expect((await find(toxiproxy, context)).part).toMatchObject({
      version: "2.12.0",
      source: "cache",
    });
  });

  it("uses the next source only for what the first cannot provide", async () => {
    using machine = fakeMachine();
    const asked: string[][] = [];
    const release = sourceThat(async (recipes, context) => {
      if (recipes[0] === toxiproxy) throw new Rejected("the release is gone");
      return working(recipes, context);
    }, "download");
    const registry = sourceThat(async (recipes, context) => {
      asked.push(recipes.map(({ name }) => name));
      return working(recipes, context);
    });
    const { parts, attempts } = await obtain(
      groupOf(release, registry),
      [k6, toxiproxy],
      contextOn(machine),
    );
    expect([parts.get("k6")?.source, parts.get("toxiproxy")?.source]).toEqual([
      "download",
      "registry",
    ]);
    expect(asked).toEqual([["toxiproxy"]]);
    expect(attempts.get("toxiproxy")).toEqual([
      { source: "download", reason: "the release is gone" },
    ]);
  });

  it("happens once for two concurrent requests", async () => {
    using machine = fakeMachine();
    let builds = 0;
    const slow = groupOf(
      sourceThat(async (recipes, context) => {
        builds += 1;
        await sleep(300);
        return working(recipes, context);
      }),
    );
    const seen: Progress[] = [];
    const [one, two] = await Promise.all([
      obtain(slow, [k6], contextOn(machine, seen)),
      obtain(slow, [k6], contextOn(machine, seen)),
    ]);
    expect(builds).toBe(1);
    expect([one.parts.get("k6")?.source, two.parts.get("k6")?.source].sort()).toEqual([
      "cache",
      "registry",
    ]);
    expect(seen.map(({ step }) => step)).toContain("waiting for another seawall that downloads it");
  });

  it("keeps nothing that does not start", async () => {
    using machine = fakeMachine();
    const broken = sourceThat(
      async (_recipes, { staging }) =>
        new Map<PartName, Place>([
          [
            "k6",
            placeOfProgram(
              installScript(join(staging, "k6"), "echo cannot find a library >&2; exit 127"),
            ),
          ],
        ]),
    );
    const context = contextOn(machine);
    const { parts, attempts } = await obtain(groupOf(broken), [k6], context);
    expect(parts.size).toBe(0);
    expect(attempts.get("k6")?.[0]?.reason).toMatch(
      /from a source of the test, but: .*cannot find a library/,
    );
    expect((await find(k6, context)).part).toBeUndefined();
  });

  it("never uses the remains of an interrupted build, and removes them the next time", async () => {
    using machine = fakeMachine();
    const interrupted = new AbortController();
    const reason = new Error("interrupted");
    const halfway = sourceThat(async (_recipes, { staging, signal }) => {
      installScript(join(staging, "k6"), `echo "${outputs.k6}"`);
      interrupted.abort(reason);
      signal?.throwIfAborted();
      return new Map();
    });
    await expect(
      obtain(groupOf(halfway), [k6], contextOn(machine, [], interrupted.signal)),
    ).rejects.toBe(reason);
    const context = contextOn(machine);
    expect((await find(k6, context)).part).toBeUndefined();
    expect(readdirSync(context.cache.folder("staging"))).toEqual([]);

    // A killed process could not remove its staging folder.
    mkdirSync(context.cache.folder("staging", "test-of-the-dead"));
    mkdirSync(context.cache.folder("staging", "other-group"));
    await obtain(groupOf(sourceThat(working)), [k6], context);
    expect(readdirSync(context.cache.folder("staging"))).toEqual(["other-group"]);
  });

  it("replaces a tree without a manifest", async () => {
    using machine = fakeMachine();
    const context = contextOn(machine);
    const group = groupOf(sourceThat(working));
    const { parts } = await obtain(group, [k6], context);
    const { rmSync, writeFileSync } = await import("node:fs");
    const executable = parts.get("k6")?.executable ?? "";
    writeFileSync(executable, "cut short");
    rmSync(context.cache.folder("tools"), { recursive: true });
    expect((await obtain(group, [k6], context)).parts.get("k6")?.version).toBe("2.2.0");
    expect(existsSync(executable)).toBe(true);
  });
});
