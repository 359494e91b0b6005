import { describe, expect, it } from "vitest";
import { rerunCommand } from "./rerun.ts";

const run = {
  seed: 7,
  substrate: "process",
  topology: null,
  scale: 1,
  without: [],
  allowHosts: [],
  force: false,
} as const;

describe("the command that repeats a run", () => {
  it("is short in the project's folder", () => {
    expect(rerunCommand({ root: "/p", cwd: "/p", env: {} }, "origin-storm", run)).toBe(
      "./seawall run origin-storm --seed 7 --substrate process",
    );
  });

  it("has absolute, quoted paths elsewhere", () => {
    expect(
      rerunCommand({ root: "/sea wall", cwd: "/my tests", env: {} }, "./plain.ts", {
        ...run,
        without: ["jitter"],
        allowHosts: ["vm"],
      }),
    ).toBe(
      "'/sea wall/seawall' run '/my tests/plain.ts' --seed 7 --substrate process --without " +
        "jitter --allow-host vm",
    );
  });

  it("is npx's where the package is installed, with paths from the user's own folder", () => {
    const context = {
      root: "/my/node_modules/seawall",
      cwd: "/my/tests",
      env: { SEAWALL_REPORTS: "/r", SEAWALL_ALLOW_HOSTS: "vm", SEAWALL_NGINX: "/n" },
      project: { folder: "/my", configFile: null, config: {} },
    };
    expect(rerunCommand(context, "./plain.ts", run)).toBe(
      "SEAWALL_NGINX=/n npx seawall run ./tests/plain.ts --seed 7 --substrate process",
    );
    expect(rerunCommand(context, "../../elsewhere/plain.ts", run)).toContain(
      "npx seawall run /elsewhere/plain.ts",
    );
  });

  it("contains the options that were set, without secrets and defaults", () => {
    const env = {
      SEAWALL_K6: "/opt/my k6",
      SEAWALL_CACHE: "/c",
      SEAWALL_CONTROL_TOKEN: "s",
      PATH: "/bin",
      SEAWALL_EMPTY: "",
    };
    expect(rerunCommand({ root: "/p", cwd: "/p", env }, "x", run)).toBe(
      "SEAWALL_K6='/opt/my k6' ./seawall run x --seed 7 --substrate process",
    );
  });
});
