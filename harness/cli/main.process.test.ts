import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { outFolder, seawall } from "../../test/support/cli/seawall.ts";

const root = resolve(import.meta.dirname, "../..");

function shell(command: string) {
  const { SEAWALL_STDOUT_FD: _unset, ...env } = process.env;
  return spawnSync("bash", ["-c", command], { cwd: root, env, encoding: "utf8" });
}

describe("the process itself", () => {
  it.each([
    ["ends the process", "process.exit(0);"],
    ["waits for ever", "await new Promise(() => {});"],
  ])("never looks like a verdict if an experiment file %s", async (_what, text) => {
    const { path } = outFolder();
    writeFileSync(join(path, "bad.ts"), text);
    const { exitCode, stderr } = await seawall(["plan", join(path, "bad.ts")]).ended;
    expect(stderr).toContain("ended too early");
    expect(exitCode).toBe(70);
  });

  it.each(["/proc/1/nowhere", "/dev/null/x"])(
    "reports that the cache folder %s cannot be used",
    async (cache) => {
      const { exitCode, stderr } = await seawall(
        ["run", "origin-storm", "--out", outFolder().path],
        { SEAWALL_CACHE: cache },
      ).ended;
      expect(stderr).toMatch(/the cache folder cannot be used[\s\S]*SEAWALL_CACHE/);
      expect(stderr).not.toMatch(/\n {4}at /);
      expect(exitCode).toBe(64);
    },
  );

  it.each([
    ["plan origin-storm --json > /dev/full", "standard output could not be written"],
    ["list > /dev/full", "standard output could not be written"],
    ["plan origin-storm --json >&-", "standard output is closed"],
    ["list >&-", "standard output is closed"],
  ])("does not treat lost output as success: %s", (command, said) => {
    const { status, stderr } = shell(`./seawall ${command}`);
    expect({ status, said: stderr.includes(said) }).toEqual({ status: 70, said: true });
  });

  it("does not treat a closed reader as a failure", () => {
    expect(shell("set -o pipefail; ./seawall list | head -1")).toMatchObject({
      status: 0,
      stderr: "",
    });
  });

  it.each([
    ["started as ./seawall", "./seawall", "by descriptor\n"],
    ["started by Node", "node_modules/.bin/node harness/main.ts", ""],
  ])(
    "reserves standard output for the document under --json, whatever is printed, %s",
    (_how, program, byDescriptor) => {
      const { path } = outFolder();
      const file = join(path, "noisy.ts");
      writeFileSync(
        file,
        `import storm from ${JSON.stringify(join(root, "experiments/origin-storm.ts"))};
import { writeSync } from "node:fs";
console.log("at import"); process.stdout.write("raw\\n"); setTimeout(() => console.log("later"), 1);
${byDescriptor === "" ? "" : 'writeSync(1, "by descriptor\\n");'}
export default { ...storm, name: "noisy" };`,
      );
      const { status, stdout, stderr } = shell(
        `${program} plan '${file}' --substrate simulated --json`,
      );
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ format: "seawall-plan/2", experiment: "noisy" });
      expect(stdout.trimEnd().split("\n")).toHaveLength(1);
      for (const printed of ["at import\n", "raw\n", byDescriptor])
        expect(stderr).toContain(printed);
    },
  );
});
