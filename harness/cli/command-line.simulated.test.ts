import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import { type CommandLine, commandLineHere } from "../../test/support/cli/command-line-here.ts";
import { documentsIn, problemsOf } from "../../test/support/documents.ts";
import { smallStorm } from "../../test/support/experiments/small-storm.ts";

const root = resolve(import.meta.dirname, "../..");
let folder: string, seawall: CommandLine, file: (name: string, text: string) => string;

beforeEach(() => {
  ({ folder, seawall, file } = commandLineHere());
});

describe("the command line with whole runs", () => {
  it("compares recorded runs, and refuses incomparable ones", async () => {
    const sample = join(root, "reports/sample");
    const { exitCode, stdout } = await seawall("compare", sample, sample, "--out", "kept");
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/1 run against 1: no test can tell/);
    expect(stdout).toMatch(
      /B against A: Cannot tell\n {2}No claim changed its verdict; these runs cannot tell whether any of\s+\d+/,
    );
    expect(stdout).toContain("is on side A and on side B");
    expect(
      stdout.split("\n").filter((line) => line.length > 100 && !line.startsWith("page ")),
    ).toEqual([]);
    const page = fileURLToPath(/^page +(\S+)$/m.exec(stdout)?.[1] ?? "");
    expect(readFileSync(page, "utf8")).toContain("Cannot tell");
    cpSync(sample, join(folder, "other"), { recursive: true });
    const plan = JSON.parse(readFileSync(join(sample, "plan.json"), "utf8")) as object;
    writeFileSync(join(folder, "other/plan.json"), JSON.stringify({ ...plan, topology: "zones" }));
    expect(await seawall("compare", sample, "other")).toMatchObject({
      exitCode: 64,
      stdout: "",
      stderr: expect.stringContaining("the topology differs: quick / zones"),
    });
    expect(await seawall("compare", sample, join(root, "docs"))).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("there are no runs in"),
    });
    expect(await seawall("compare", sample)).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining("there is no second run to compare with"),
    });
    expect(await seawall("compare", sample, sample, "--baseline", sample)).toMatchObject({
      exitCode: 64,
      stderr: expect.stringMatching(/side B: \S+ occurs twice/),
    });
  });

  it("compares several runs and several sides, in documents of their schema", async () => {
    const storm = smallStorm(folder);
    const simulated = async (seed: number, ...more: string[]): Promise<string> =>
      (
        JSON.parse(
          (
            await seawall(
              "run",
              storm,
              "--substrate",
              "simulated",
              "--seed",
              String(seed),
              "--json",
              "--out",
              `runs/${seed}`,
              ...more,
            )
          ).stdout,
        ) as { runId: string }
      ).runId;
    const paths: string[] = [];
    for (let seed = 1; seed <= 9; seed++) {
      const off = seed > 6 ? ["--without", "collapsing"] : [];
      paths.push(`runs/${seed}/origin-storm/${await simulated(seed, ...off)}`);
    }
    const [a, b, controls] = [paths.slice(0, 3), paths.slice(3, 6), paths.slice(6)];
    const { exitCode, stdout, stderr } = await seawall(
      "compare",
      ...controls,
      "--baseline",
      ...a,
      "--json",
      "--out",
      "kept",
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^page /);
    const [document] = documentsIn(stdout) as {
      others: { outcome: string; claims: { turned: string | null }[] }[];
      baseline: { runs: unknown[] };
    }[];
    expect(problemsOf(document)).toEqual([]);
    expect(document).toMatchObject({
      baseline: { runs: [{ seed: 1 }, { seed: 2 }, { seed: 3 }] },
      others: [{ outcome: "worse", enough: true }],
    });
    expect(document?.others[0]?.claims.some(({ turned }) => turned === "worse")).toBe(true);
    const same = await seawall("compare", ...b, "--baseline", ...a, "--out", "kept");
    expect(same.exitCode).toBe(0);
    expect(same.stdout.replaceAll(/\s+/g, " ")).toMatch(
      /B against A: No difference shown .* The smallest change these runs could have shown is ± [\d.]+ %/,
    );
    const { stdout: text, exitCode: few } = await seawall(
      "compare",
      a[0] ?? "",
      b[0] ?? "",
      controls[0] ?? "",
      "--out",
      "kept",
    );
    expect(few).toBe(2);
    expect(text).toMatch(
      /B against A: Cannot tell[\s\S]*C against A: Cannot tell[\s\S]*which proves nothing yet/,
    );
    expect(
      text.split("\n").filter((line) => line.length > 100 && !line.startsWith("page ")),
    ).toEqual([]);
  }, 120_000);

  it("requires no lower tier in virtual time, where nothing is broken", async () => {
    const path = file(
      "latency.ts",
      `
      import base from ${JSON.stringify(join(root, "experiments/origin-storm.ts"))};
      const ratePerSecond = { baseline: 4, fault: 4, recovery: 4 };
      export default {
        ...base,
        name: "latency-of-mine",
        tier: "latency",
        requires: ["never-run"],
        load: base.load.map((load) => ({ ...load, ratePerSecond })),
        hypothesis: base.hypothesis.map((claim) => ({ ...claim, samplesMin: 1 })),
      };`,
    );
    const run = await seawall(
      "run",
      path,
      "--substrate",
      "simulated",
      "--seed",
      "1",
      "--out",
      "runs",
    );
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).not.toMatch(/--force/);
  });
});
