import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { type CommandLine, commandLineHere } from "../../test/support/cli/command-line-here.ts";
import { problemsOf } from "../../test/support/documents.ts";
import type { Verdict } from "../record/verdict.ts";
import { recordedVerdicts } from "../app/verdict-history.ts";
import { targetDocument } from "./commands/up.ts";

const root = resolve(import.meta.dirname, "../..");
const { of: _of, ...sampleVerdict } = JSON.parse(
  readFileSync(join(root, "reports/sample/verdict.json"), "utf8"),
) as Verdict;
let folder: string, seawall: CommandLine, file: (name: string, text: string) => string;

beforeEach(() => {
  ({ folder, seawall, file } = commandLineHere());
});

describe("the command line", () => {
  it("prints its version and its help on standard output", async () => {
    expect(await seawall("--version")).toEqual({ exitCode: 0, stdout: "1.2.3\n", stderr: "" });
    const help = await seawall("--help");
    expect(help.exitCode).toBe(0);
    for (const name of [
      "run",
      "list",
      "plan",
      "judge",
      "report",
      "compare",
      "export",
      "recover",
      "doctor",
      "up",
      "down",
    ])
      expect(help.stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
  });

  it("exports a recorded run as OpenTelemetry metrics, one request per line", async () => {
    const { exitCode, stdout } = await seawall(
      "export",
      join(root, "reports/sample"),
      "--every",
      "10",
    );
    const requests = stdout
      .trim()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as {
            resourceMetrics: { scopeMetrics: { metrics: { name: string }[] }[] }[];
          },
      );
    expect(exitCode).toBe(0);
    expect(
      requests.flatMap((request) =>
        request.resourceMetrics[0]?.scopeMetrics[0]?.metrics.map((metric) => metric.name),
      ),
    ).toEqual(expect.arrayContaining(["seawall.segment", "seawall.phase", "seawall.fault"]));
    for (const [flags, message] of [
      [["--otlp", "localhost"], "is not the address of a receiver"],
      [["--every", "0"], "0.1 to 60"],
    ] as const) {
      const refused = await seawall("export", join(root, "reports/sample"), ...flags);
      expect(refused).toMatchObject({
        exitCode: 64,
        stdout: "",
        stderr: expect.stringContaining(message),
      });
    }
  });

  it.each([
    ["a syntax error", "export default {", /cannot be loaded/],
    ["no default export", "export const a = 1;", /no default export/],
    [
      "a wrong shape",
      `export default { name: "X Y", phasesMs: { baseline: -1 } };`,
      /name: lower-case words[\s\S]*phasesMs\.baseline/,
    ],
    ["a throw", "throw new Error('on purpose');", /on purpose/],
    ["a throw of nothing", "throw null;", /it throws null/],
    ["a missing import", `import "./missing.ts"; export default {};`, /missing\.ts/],
  ])("refuses an experiment file with %s", async (_what, text, message) => {
    const { exitCode, stderr } = await seawall("plan", file(`bad-${Math.random()}.ts`, text));
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(exitCode).toBe(64);
  });

  it("finds what has held in the folder of runs", () => {
    const run = join(folder, "reports", "gorilla-of-mine", "20260101T000000Z-1");
    cpSync(join(root, "reports/sample"), run, { recursive: true });
    mkdirSync(join(folder, "reports", "torn", "20260102T000000Z-1"), { recursive: true });
    expect(recordedVerdicts(join(folder, "reports"))).toEqual([
      expect.objectContaining({
        experiment: "origin-storm",
        tier: "storm",
        target: "live-streaming",
        topology: "quick",
        substrate: "process",
        without: [],
        status: sampleVerdict.status,
      }),
    ]);
    expect(recordedVerdicts(join(folder, "nowhere"))).toEqual([]);
  });

  it("reports a changed record as broken, not as a bug", async () => {
    const record = join(folder, "record");
    cpSync(join(root, "reports/sample"), record, { recursive: true });
    const plan = join(record, "plan.json");
    writeFileSync(
      plan,
      readFileSync(plan, "utf8").replace(/"hypothesis": \[[\s\S]*?\n {2}\]/, '"hypothesis": [1]'),
    );
    const { exitCode, stderr } = await seawall("judge", "record");
    expect(stderr).toMatch(/cannot be judged/);
    expect(exitCode).toBe(64);
  });

  it("gives the sample its verdict; `seawall report reports/sample` updates it", async () => {
    const { exitCode, stdout } = await seawall("judge", join(root, "reports/sample"), "--json");
    expect(JSON.parse(stdout)).toEqual(sampleVerdict);
    expect(exitCode).toBe(0);
  });

  it("prints the same about the sample run as its page", async () => {
    expect(readFileSync(join(root, "reports/sample/README.md"), "utf8")).toContain(
      (await seawall("judge", join(root, "reports/sample"))).stdout.trim(),
    );
  });

  it("has a schema for `up --json`", () => {
    const plan = JSON.parse(readFileSync(join(root, "reports/sample/plan.json"), "utf8"));
    expect(
      problemsOf(
        targetDocument(
          plan,
          [{ service: "region-a/edge", url: "http://127.1.1.2:8080" }],
          "/tmp/logs",
        ),
      ),
    ).toEqual([]);
  });

  it("prints its schemas", async () => {
    expect((await seawall("schema")).stdout).toMatch(/^verdict +seawall-verdict\/1 /m);
    expect(JSON.parse((await seawall("schema", "verdict")).stdout)).toMatchObject({
      $id: "urn:seawall:verdict:1",
    });
    expect(await seawall("schema", "verdit")).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('did you mean "verdict"'),
    });
    await seawall("schema", "--write", "published");
    expect(readFileSync(join(folder, "published/verdict.v1.json"), "utf8")).toBe(
      readFileSync(join(root, "schemas/verdict.v1.json"), "utf8"),
    );
  });

  it("lists experiments for users and for programs", async () => {
    const { stdout } = await seawall("list");
    expect(stdout).toMatch(/^origin-storm {2}/m);
    expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
    const listed = (await seawall("list", "--json")).stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { name: string; reliesOn: string[] });
    expect(listed).toContainEqual(
      expect.objectContaining({
        name: "origin-storm",
        reliesOn: expect.arrayContaining(["collapsing"]),
      }),
    );
  });
});
