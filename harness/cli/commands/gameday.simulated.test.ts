import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { printerTo } from "../../app/printer.ts";
import { problemsOf } from "../../../test/support/documents.ts";
import { commandLine } from "../command-line.ts";
import type { Context } from "../../app/context.ts";

const root = resolve(import.meta.dirname, "../../..");
let folder: string;
let files = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seawall-gameday-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function seawall(args: readonly string[]) {
  let stdout = "",
    stderr = "";
  const output = (write: (text: string) => void) =>
    printerTo({ write, isTerminal: false, columns: 100, colour: false });
  const context: Context = {
    root,
    cwd: root,
    env: {},
    stdout: output((text) => {
      stdout += text;
    }),
    stderr: output((text) => {
      stderr += text;
    }),
    stdin: () => {
      throw new Error("nobody asks");
    },
    signal: new AbortController().signal,
    onForceQuit: () => {},
    version: "0",
    stateDirectory: join(folder, "state"),
    cacheDirectory: folder,
  };
  try {
    return {
      exitCode: await commandLine(context, args),
      stdout: () => stdout,
      stderr: () => stderr,
    };
  } catch (error) {
    return { exitCode: -1, stdout: () => stdout, stderr: () => String((error as Error).message) };
  }
}

/** The catalogue's storm with a small audience, so that virtual time passes quickly. */
function write(day: object): string {
  // A module is loaded once per path.
  const path = join(folder, `day-${files++}.ts`);
  writeFileSync(
    join(folder, "small.ts"),
    `
    import base from ${JSON.stringify(join(root, "experiments/origin-storm.ts"))};
    const few = { baseline: 4, fault: 8, recovery: 4 };
    export default {
      ...base,
      phasesMs: { baseline: 8_000, fault: 8_000, recovery: 12_000 },
      recovery: { ...base.recovery, withinMs: 4_000 },
      load: base.load.map((load) => ({ ...load, ratePerSecond: few, vus: 150 })),
      hypothesis: base.hypothesis.map((claim) => ({ ...claim, samplesMin: 1 })),
      method: [
        { atMs: 2_000, forMs: 4_000, fault: { kind: "kill", service: "region-a/origin-read" } },
      ],
    };`,
  );
  const whole = { name: "test", title: "Test", purpose: "To test.", waitMsMax: 60_000, ...day };
  writeFileSync(path, `export default ${JSON.stringify(whole)};`);
  return path;
}

describe("seawall gameday", () => {
  it("reports every problem of the day and its steps at once, and starts nothing", async () => {
    const shape = await seawall(["gameday", write({ waitMsMax: 1, steps: [] }), "--out", folder]);
    expect(shape.stderr()).toMatch(
      /waitMsMax: at least a second[\s\S]*steps: a day needs at least one/,
    );
    const steps = await seawall([
      "gameday",
      write({
        steps: [
          { experiment: "orign-storm" },
          { experiment: "./small.ts", without: ["colapsing"] },
          { experiment: "./small.ts", topology: "quik" },
          { experiment: "./small.ts", expect: "refuted" },
        ],
      }),
      "--substrate",
      "simulated",
      "--out",
      folder,
    ]);
    for (const problem of [
      /steps\.0: unknown experiment "orign-storm"; did you mean "origin-storm"/,
      /steps\.1: [\s\S]*unknown defence "colapsing"/,
      /steps\.2: [\s\S]*unknown topology "quik"/,
      /steps\.3 .*name the disabled defences/,
    ])
      expect(steps.stderr()).toMatch(problem);
    expect(readdirSync(folder).filter((name) => !name.endsWith(".ts"))).toEqual([]);
  });

  it("runs a day without people, reports that, and reproduces its result from disk", async () => {
    const file = write({ steps: [{ experiment: "./small.ts", hold: { waitMsMax: 5_000 } }] });
    const { exitCode, stdout, stderr } = await seawall([
      "gameday",
      file,
      "--yes",
      "--substrate",
      "simulated",
      "--seed",
      "1",
      "--out",
      folder,
      "--json",
    ]);
    expect(exitCode, stderr()).toBe(0);
    const result = JSON.parse(stdout()) as { steps: { status: string; run: string }[] };
    expect(problemsOf(result)).toEqual([]);
    expect(result.steps.map((step) => step.status)).toEqual(["held"]);
    expect(stderr()).toContain("Every go/no-go point was answered by --yes.");
    const days = join(folder, "game-days");
    const day = join(days, readdirSync(days)[0] as string);
    expect(problemsOf(JSON.parse(readFileSync(join(day, "day.json"), "utf8")))).toEqual([]);
    for (const step of result.steps)
      expect(JSON.parse(readFileSync(join(day, step.run, "verdict.json"), "utf8"))).toMatchObject({
        status: step.status,
      });
    const report = readFileSync(join(day, "report.html"), "utf8");
    for (const text of [
      "No one decided.",
      "kill region-a/origin-read",
      'class="tape"',
      "Go by --yes",
    ])
      expect(report, text).toContain(text);
    expect(report).toMatch(/<title>Simulated, [\s\S]*<body class="simulated">[\s\S]*>Simulated\.</);
    rmSync(join(day, "report.html"));
    const again = await seawall(["report", day, "--json"]);
    expect(JSON.parse(again.stdout())).toEqual(result);
    expect(readFileSync(join(day, "report.html"), "utf8")).toBe(report);
    const other = await seawall([
      "gameday",
      write({ steps: [{ experiment: "./small.ts" }, { experiment: "./small.ts" }] }),
      "--yes",
      "--substrate",
      "simulated",
      "--resume",
      day,
      "--out",
      folder,
    ]);
    expect(other.stderr()).toContain("the file now describes origin-storm, origin-storm");
  });
});
