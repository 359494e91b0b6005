import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { find } from "./find.ts";
import { fakeMachine, findContext, installScript } from "../../test/support/fake-machine.ts";
import { cassandra, placeOfJars } from "../../targets/live-streaming/tools/cassandra.ts";
import { k6 } from "./tools/k6.ts";

const says = (version: string) => `echo "k6 v${version} (go1.26.8, linux/amd64)"`;

describe("finding a tool", () => {
  it("prefers the environment variable to PATH", async () => {
    using machine = fakeMachine();
    machine.install("k6", says("2.1.0"));
    const mine = installScript(join(machine.folder, "my-k6"), says("2.3.4"));
    const { part } = await find(
      k6,
      findContext({ ...machine, env: { ...machine.env, SEAWALL_K6: mine } }),
    );
    expect(part).toMatchObject({ version: "2.3.4", source: "environment", executable: mine });
  });

  it("uses nothing else if the environment variable names a bad path", async () => {
    using machine = fakeMachine();
    machine.install("k6", says("2.1.0"));
    const finding = await find(
      k6,
      findContext({ ...machine, env: { ...machine.env, SEAWALL_K6: "/nowhere/k6" } }),
    );
    expect(finding).toMatchObject({ part: undefined, settled: true });
    expect(finding.attempts).toEqual([
      {
        source: "environment",
        reason: "SEAWALL_K6=/nowhere/k6: /nowhere/k6 is not on this machine",
      },
    ]);
  });

  it("skips and reports a version in PATH that is too old or too new", async () => {
    using machine = fakeMachine();
    const path = machine.install("k6", says("1.4.2"));
    const { part, attempts, settled } = await find(k6, findContext(machine));
    expect({ part, settled }).toEqual({ part: undefined, settled: false });
    expect(attempts).toContainEqual({
      source: "path",
      reason: `${path}: is version 1.4.2, wanted >= 2.0 and < 3`,
    });
  });

  it("uses the second of two in PATH if the first is unusable", async () => {
    using machine = fakeMachine();
    machine.install("k6", "exit 1");
    const second = join(machine.folder, "second");
    mkdirSync(second);
    const good = installScript(join(second, "k6"), says("2.2.0"));
    const { part } = await find(
      k6,
      findContext({ ...machine, env: { ...machine.env, PATH: `${machine.bin}:${second}` } }),
    );
    expect(part).toMatchObject({ executable: good, source: "path" });
  });

  it("starts a program once, and again only after it changed", async () => {
    using machine = fakeMachine();
    const counting = (version: string) =>
      `echo started >> ${machine.folder}/starts; ${says(version)}`;
    const path = machine.install("k6", counting("2.1.0"));
    const context = findContext(machine);
    await find(k6, context);
    expect((await find(k6, context)).part?.version).toBe("2.1.0");
    expect(starts(machine.folder)).toBe(1);
    machine.install("k6", counting("2.2.0"));
    utimesSync(path, 1, 1);
    expect((await find(k6, context)).part?.version).toBe("2.2.0");
    expect(starts(machine.folder)).toBe(2);
  });

  it("starts a program of a wrong version only once, too", async () => {
    using machine = fakeMachine();
    machine.install("k6", `echo started >> ${machine.folder}/starts; ${says("1.0.0")}`);
    const context = findContext(machine);
    await find(k6, context);
    expect((await find(k6, context)).part).toBeUndefined();
    expect(starts(machine.folder)).toBe(1);
  });

  it("starts it again if the cached result is truncated", async () => {
    using machine = fakeMachine();
    machine.install("k6", says("2.2.0"));
    const context = findContext(machine);
    await find(k6, context);
    const { readdirSync } = await import("node:fs");
    for (const name of readdirSync(context.cache.folder("sightings")))
      writeFileSync(context.cache.folder("sightings", name), '{"stamp"');
    expect((await find(k6, context)).part?.version).toBe("2.2.0");
  });

  it("finds a tool in the cache, unless its manifest is of another pin", async () => {
    using machine = fakeMachine();
    const context = findContext(machine);
    const executable = installScript(join(machine.folder, "built-k6"), says("2.2.0"));
    const place = { executable, directory: machine.folder };
    await context.cache.keepReceipt("k6", { pin: k6.pin, place });
    expect((await find(k6, context)).part).toMatchObject({ source: "cache", executable });
    await context.cache.keepReceipt("k6", { pin: "1.0.0", place });
    expect((await find(k6, context)).part).toBeUndefined();
  });

  it("ignores a manifest whose tool is gone", async () => {
    using machine = fakeMachine();
    const context = findContext(machine);
    await context.cache.keepReceipt("k6", {
      pin: k6.pin,
      place: { executable: join(machine.folder, "gone"), directory: machine.folder },
    });
    const { part, attempts } = await find(k6, context);
    expect(part).toBeUndefined();
    expect(attempts.at(-1)?.reason).toContain("is not on this machine");
  });
});

describe("Cassandra's jars", () => {
  it("are found in a folder of jars and in an unpacked distribution", () => {
    using machine = fakeMachine();
    const lib = join(machine.folder, "apache-cassandra-5.0.8", "lib");
    mkdirSync(lib, { recursive: true });
    writeFileSync(join(lib, "apache-cassandra-5.0.8.jar"), "");
    symlinkSync(lib, join(machine.folder, "jars"));
    expect(placeOfJars(join(lib, "..")).directory).toBe(lib);
    expect(placeOfJars(join(machine.folder, "jars")).executable).toBe(
      join(machine.folder, "jars", "apache-cassandra-5.0.8.jar"),
    );
  });

  it("are unusable without Cassandra's agent, or without Java", async () => {
    using machine = fakeMachine();
    writeFileSync(join(machine.folder, "cassandra-all-5.0.8.jar"), "");
    const context = findContext({
      ...machine,
      env: { ...machine.env, SEAWALL_CASSANDRA: machine.folder },
    });
    expect((await find(cassandra, context)).attempts[0]?.reason).toContain("no jamm jar");
    writeFileSync(join(machine.folder, "jamm-0.4.0.jar"), "");
    expect((await find(cassandra, context)).attempts[0]?.reason).toContain(
      "no Java on this machine",
    );
  });
});

function starts(folder: string): number {
  return readLines(join(folder, "starts")).length;
}

function readLines(path: string): string[] {
  return process.getBuiltinModule("node:fs").readFileSync(path, "utf8").trim().split("\n");
}
