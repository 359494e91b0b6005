import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { outFolder, seawall } from "./seawall.fixture.ts";

describe("the process itself", () => {
  it.each([
    ["ends the process", "process.exit(0);"],
    ["waits for ever", "await new Promise(() => {});"],
  ])("never looks like a verdict when an experiment file %s", async (_what, text) => {
    const { path } = outFolder();
    writeFileSync(join(path, "bad.ts"), text);
    const { exitCode, stderr } = await seawall(["plan", join(path, "bad.ts")]).ended;
    expect(stderr).toContain("ended before its work was done");
    expect(exitCode).toBe(70);
  });

  it.each(["/proc/1/nowhere", "/dev/null/x"])("says that the cache folder %s cannot be used", async (cache) => {
    const { exitCode, stderr } = await seawall(["run", "origin-storm", "--out", outFolder().path], { SEAWALL_CACHE: cache }).ended;
    expect(stderr).toMatch(/the cache folder cannot be used[\s\S]*SEAWALL_CACHE/);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(exitCode).toBe(64);
  });
});
