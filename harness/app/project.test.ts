/** Whose folder is meant, and what its configuration says. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "./context.ts";
import { experimentNames, loadExperiment } from "./experiment-files.ts";
import { loadConfig, projectAt, setting } from "./project.ts";
import { answerForEntries } from "./public-entry.ts";

const root = resolve(import.meta.dirname, "../..");
answerForEntries(root);

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "seawall-project-")));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (path: string, text: string): void => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const contextIn = (cwd: string): Context =>
  ({ root, cwd, env: {}, project: projectAt(root, cwd) }) as unknown as Context;

describe("the user's folder", () => {
  it("is the nearest one above with a configuration", () => {
    put("seawall.config.ts", "");
    put("inner/package.json", "{}");
    mkdirSync(join(folder, "inner/deep"));
    expect(projectAt(root, join(folder, "inner/deep"))).toMatchObject({ folder });
  });

  it("is else the nearest one with a package.json, and the checkout for who stands in it", () => {
    put("inner/package.json", "{}");
    mkdirSync(join(folder, "inner/deep"));
    const inner = join(folder, "inner");
    expect(projectAt(root, join(inner, "deep"))).toMatchObject({ folder: inner });
    expect(projectAt(root, join(root, "docs"))).toMatchObject({ folder: root });
    const installed = join(inner, "node_modules/seawall");
    expect(projectAt(installed, inner)).toMatchObject({ folder: inner });
  });

  it("keeps reports, whatever folder in it the user stands in", () => {
    put("seawall.config.ts", "");
    mkdirSync(join(folder, "deep"));
    expect(setting(contextIn(join(folder, "deep")), "reports")).toBe(join(folder, "reports"));
  });
});

describe("a configuration", () => {
  const said = async (text: string): Promise<string> => {
    put("seawall.config.ts", text);
    return loadConfig(contextIn(folder)).then(
      () => "",
      ({ message }: Error) => message,
    );
  };

  it("is read with its type, and names experiments", async () => {
    put("storms/one.ts", `export { default } from "${root}/experiments/origin-storm.ts";`);
    put("storms/one.test.ts", "");
    put(
      "seawall.config.ts",
      `import { defineConfig } from "seawall";
       export default defineConfig({ experiments: ["storms/*.ts"], reports: "runs" });`,
    );
    const context = contextIn(folder);
    await loadConfig(context);
    expect(setting(context, "reports")).toBe(join(folder, "runs"));
    expect(experimentNames(context).slice(0, 2)).toEqual(["one", "bad-segments"]);
    await expect(loadExperiment(context, "one")).rejects.toThrow(
      "is found as one, but its experiment is called origin-storm",
    );
  });

  it("with a mistake is one line, which names the file and the key", async () => {
    expect(await said("export default { repots: 'x' };")).toBe(
      'seawall.config.ts: unknown key "repots"; did you mean "reports"? ' +
        "(known: allowContexts, allowHosts, baseline, experiments, notifications, reports, " +
        "substrate, telemetry)",
    );
  });

  it.each([
    ["export default { reports: 1 };", "seawall.config.ts: reports must be a text"],
    ['export default { allowHosts: ["a", 2] };', "seawall.config.ts: allowHosts.1 must be a text"],
    [
      'export default { allowHosts: "a" };',
      "seawall.config.ts: allowHosts must be a list of texts",
    ],
    [
      "export default { telemetry: { oltp: '' } };",
      'seawall.config.ts: unknown key "telemetry.oltp"; did you mean "telemetry.otlp"? ' +
        "(known: telemetry.otlp)",
    ],
    ["export const config = {};", "seawall.config.ts has no default export"],
    ["throw new Error('no disk');", "seawall.config.ts cannot be loaded: no disk"],
  ])("is refused: %s", async (text, message) => {
    expect(await said(text)).toBe(message);
  });
});
