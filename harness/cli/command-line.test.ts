import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { commandLine } from "./command-line.ts";
import type { Context } from "./context.ts";
import { explain } from "./explain.ts";

const root = resolve(import.meta.dirname, "../..");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seawall-cli-"));
});

async function seawall(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  let stdout = "", stderr = "";
  const output = (take: (text: string) => void) => ({ write: take, isTerminal: false, columns: 100, colour: false });
  const context: Context = {
    root, cwd: folder, env: { SEAWALL_SUBSTRATE: "process" }, stdout: output((text) => { stdout += text; }), stderr: output((text) => { stderr += text; }),
    signal: new AbortController().signal, onHurry: () => {}, version: "1.2.3", stateDirectory: join(folder, "state"), cacheDirectory: folder,
  };
  const exitCode = await commandLine(context, args).catch((error: unknown) => explain(error, context.stderr));
  return { exitCode, stdout, stderr };
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return `./${name}`;
}

describe("the command line", () => {
  it("prints its version and its help on standard output", async () => {
    expect(await seawall("--version")).toEqual({ exitCode: 0, stdout: "1.2.3\n", stderr: "" });
    const help = await seawall("--help");
    expect(help.exitCode).toBe(0);
    for (const name of ["run", "list", "plan", "judge", "report", "export", "recover", "doctor", "up", "down"]) expect(help.stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
  });

  it("exports a recorded run as OpenTelemetry metrics, one request a line", async () => {
    const { exitCode, stdout } = await seawall("export", join(root, "reports/sample"), "--every", "10");
    const requests = stdout.trim().split("\n").map((line) => JSON.parse(line) as { resourceMetrics: { scopeMetrics: { metrics: { name: string }[] }[] }[] });
    expect(exitCode).toBe(0);
    expect(requests.flatMap((request) => request.resourceMetrics[0]?.scopeMetrics[0]?.metrics.map((metric) => metric.name))).toEqual(expect.arrayContaining(["seawall.segment", "seawall.phase", "seawall.fault"]));
    for (const [flags, message] of [[["--otlp", "localhost"], "no address of a receiver"], [["--every", "0"], "0.1 to 60"]] as const) {
      const refused = await seawall("export", join(root, "reports/sample"), ...flags);
      expect(refused).toMatchObject({ exitCode: 64, stdout: "", stderr: expect.stringContaining(message) });
    }
  });

  it.each([
    [["rum"], /Did you mean run/],
    [["run"], /missing required argument/],
    [["run", "origin-storm", "--sed", "1"], /Did you mean --seed/],
    [["run", "origin-storm", "--seed", "-1"], /whole number/],
    [["run", "origin-storm", "--seed", "1e3"], /whole number/],
    [["run", "orgin-storm"], /did you mean "origin-storm"/],
    [["run", "./nothing.ts"], /no experiment file/],
    [["plan", "origin-storm", "--topology", "quik"], /did you mean "quick"/],
    [["plan", "origin-storm", "--without", "colapsing"], /did you mean "collapsing"/],
    [["plan", "origin-storm", "--substrate", "dcoker"], /did you mean "docker"/],
    [["run", "origin-storm", "--out", ""], /must name a folder/],
    [["judge", "nowhere"], /there is no run directory/],
    [["judge", "."], /it has no plan\.json/],
  ])("refuses %j with one clear message and exit status 64", async (args, message) => {
    const { exitCode, stdout, stderr } = await seawall(...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(stdout).toBe("");
    expect(exitCode).toBe(64);
  });

  it.each([
    ["a syntax error", "export default {", /cannot be loaded/],
    ["no default export", "export const a = 1;", /no default export/],
    ["a wrong shape", `export default { name: "X Y", phasesMs: { baseline: -1 } };`, /name: lower-case words[\s\S]*phasesMs\.baseline/],
    ["a throw", "throw new Error('on purpose');", /on purpose/],
    ["a throw of nothing", "throw null;", /it throws null/],
    ["a missing import", `import "./missing.ts"; export default {};`, /missing\.ts/],
  ])("refuses an experiment file with %s", async (_what, text, message) => {
    const { exitCode, stderr } = await seawall("plan", file(`bad-${Math.random()}.ts`, text));
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(exitCode).toBe(64);
  });

  it("reports every problem of an experiment at once", async () => {
    const { exitCode, stderr } = await seawall("plan", file("wrong.ts", `
      import base from ${JSON.stringify(join(root, "experiments/origin-storm.ts"))};
      export default { ...base, reliesOn: ["luck"], load: base.load.map((load) => ({ ...load, exec: "lvie" })),
        method: [{ atMs: 0, forMs: 1e6, fault: { kind: "kill", service: "region-c/origin-read" } }] };`));
    expect(exitCode).toBe(64);
    for (const problem of [/unknown defence "luck"/, /did you mean "live"/, /unknown service "region-c\/origin-read"/, /fault phase of/]) expect(stderr).toMatch(problem);
  });

  it("runs an experiment file that is almost the same, as far as a plan goes", async () => {
    const path = file("mine.ts", `import base from ${JSON.stringify(join(root, "experiments/origin-storm.ts"))};\nexport default { ...base, name: "mine" };`);
    const { exitCode, stdout } = await seawall("plan", path, "--json", "--seed", "7", "--without", "collapsing");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ experiment: "mine", seed: 7, without: ["collapsing"], rerun: "./seawall run ./mine.ts --seed 7 --substrate process --without collapsing" });
  });

  it("refuses an output folder that cannot be written, before anything is started", async () => {
    file("taken", "a file");
    const { exitCode, stderr } = await seawall("run", "origin-storm", "--out", "taken/reports");
    expect(stderr).toMatch(/cannot write .*taken\/reports: ENOTDIR\n.*--out DIR/);
    expect(exitCode).toBe(64);
  });

  it.skipIf(process.platform !== "linux")("refuses an output folder below /proc instead of trying for ever", async () => {
    const { exitCode, stderr } = await seawall("run", "origin-storm", "--out", "/proc/nowhere/reports");
    expect(stderr).toMatch(/cannot write \/proc\/nowhere\/reports: ENOENT/);
    expect(exitCode).toBe(64);
  });

  it("takes a changed record for a broken one, not for a defect", async () => {
    const record = join(folder, "record");
    cpSync(join(root, "reports/sample"), record, { recursive: true });
    const plan = join(record, "plan.json");
    writeFileSync(plan, readFileSync(plan, "utf8").replace(/"hypothesis": \[[\s\S]*?\n {2}\]/, '"hypothesis": [1]'));
    const { exitCode, stderr } = await seawall("judge", "record");
    expect(stderr).toMatch(/cannot be judged/);
    expect(exitCode).toBe(64);
  });

  it("judges the sample run again as it was judged", async () => {
    const { exitCode, stdout } = await seawall("judge", join(root, "reports/sample"), "--json");
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(join(root, "reports/sample/verdict.json"), "utf8")));
    expect(exitCode).toBe(0);
  });

  it("refuses a machine that a dead run left dirty, and recover cleans it", async () => {
    mkdirSync(join(folder, "state"));
    const scratch = join(folder, "scratch");
    mkdirSync(scratch);
    const lines = [{ owner: { runId: "dead", pid: 2 ** 22 + 1, startTicks: 1, directory: folder } }, { entry: { kind: "directory", path: scratch }, id: 0 }];
    file("state/dead.ndjson", lines.map((line) => JSON.stringify(line)).join("\n"));
    const refused = await seawall("run", "origin-storm");
    expect(refused.stderr).toMatch(/dead\n.*seawall recover/);
    expect(refused.exitCode).toBe(4);
    expect(await seawall("recover")).toMatchObject({ exitCode: 0, stdout: "dead: everything undone\n" });
    expect(() => readFileSync(scratch)).toThrow("ENOENT");
    expect((await seawall("recover")).stdout).toBe("nothing to recover\n");
  });

  it("lists experiments as people and as programs read them", async () => {
    expect((await seawall("list")).stdout).toMatch(/^origin-storm {2}/m);
    const [first] = (await seawall("list", "--json")).stdout.trim().split("\n").map((line) => JSON.parse(line) as { name: string; reliesOn: string[] });
    expect(first).toMatchObject({ name: "origin-storm", reliesOn: expect.arrayContaining(["collapsing"]) });
  });
});
