/** The patient runner on made-up tests, beside processes that keep all processors busy. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { $ } from "zx";
import { isMachineBusy } from "./patient-runner.ts";

/** Each fails, and one beside them passes. */
const madeUp = 8;

interface Counted {
  readonly failedFiles: number;
  readonly failed: number;
  readonly passed: number;
  readonly skipped: number;
  readonly exitCode: number | null;
  readonly said: string;
}

async function tested(mustTell: boolean): Promise<Counted> {
  const folder = mkdtempSync(join(tmpdir(), "seawall-patient-"));
  try {
    const file = join(folder, "tests.json");
    const env = {
      ...process.env,
      SEAWALL_MUST_TELL: mustTell ? "1" : "",
      SEAWALL_LOOK_MS: "200",
    };
    const config = join(import.meta.dirname, "made-up/vitest.config.ts");
    const reporters = ["--reporter=json", `--outputFile=${file}`];
    const { exitCode, stderr } = await $({ quiet: true, nothrow: true, env })`${
      process.execPath
    } node_modules/vitest/vitest.mjs run --config ${config} ${reporters}`;
    const of = JSON.parse(readFileSync(file, "utf8")) as Record<string, number> & {
      readonly testResults: readonly { readonly status: string }[];
    };
    return {
      failedFiles: of.testResults.filter(({ status }) => status === "failed").length,
      failed: of["numFailedTests"] ?? 0,
      passed: of["numPassedTests"] ?? 0,
      skipped: of["numPendingTests"] ?? 0,
      exitCode,
      said: stderr,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Two for each processor, which yield to the test. */
async function besideOthers<T>(work: () => Promise<T>): Promise<T> {
  const busy = Array.from({ length: 2 * availableParallelism() }, () =>
    spawn("nice", ["-n", "19", process.execPath, "-e", "for (;;);"], { stdio: "ignore" }),
  );
  try {
    return await work();
  } finally {
    for (const one of busy) one.kill("SIGKILL");
  }
}

it("counts any failure on a busy machine as skipped, with the reason", async () => {
  const { said, ...counts } = await besideOthers(() => tested(false));
  expect(counts).toEqual({
    failedFiles: 0,
    failed: 0,
    passed: 1,
    skipped: madeUp,
    exitCode: 0,
  });
  expect(said.match(/^cannot tell .*: others keep this machine busy, .*$/gm)).toHaveLength(7);
});

it("counts it as failed if SEAWALL_MUST_TELL is set", async () => {
  const { failedFiles, exitCode, said } = await besideOthers(() => tested(true));
  expect({ failedFiles, exitCode }).toEqual({ failedFiles: 7, exitCode: 1 });
  expect(said).not.toContain("cannot tell");
});

it("counts it as failed on an idle machine", async ({ skip }) => {
  if (await isMachineBusy(3)) skip("others keep this machine busy");
  const { failedFiles, exitCode, said } = await tested(false);
  // The runner measured the load while this test waited. That measurement counts.
  if (said.includes("cannot tell")) skip("others keep this machine busy");
  expect({ failedFiles, exitCode }).toEqual({ failedFiles: 7, exitCode: 1 });
});
