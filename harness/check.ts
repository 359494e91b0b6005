/**
 * Runs all checks: types, lint, dead code, tests. `npm test -- hermetic` runs the quick part only.
 * The last line counts what ran, and the one before it the lies that were planted.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { $ } from "zx";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What the test runner reports of its files. */
interface Report extends Record<string, unknown> {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      /** Set by `test/lies/check-group.ts`. */
      readonly meta: { readonly planted?: "lie" | "control" };
    }[];
  }[];
}

const node = process.execPath;
const bin = (name: string, file: string): readonly string[] => [join("node_modules", name, file)];

const checks: readonly { readonly title: string; readonly args: readonly string[] }[] = [
  {
    title: "types of the harness, targets and experiments",
    args: [...bin("typescript", "bin/tsc"), "-p", "."],
  },
  {
    title: "types of the k6 workloads",
    args: [...bin("typescript", "bin/tsc"), "-p", "targets/live-streaming/pack/workloads"],
  },
  { title: "lint", args: [...bin("@biomejs/biome", "bin/biome"), "lint", "--error-on-warnings"] },
  { title: "format", args: [...bin("@biomejs/biome", "bin/biome"), "format"] },
  { title: "dead code and unused packages", args: [...bin("knip", "bin/knip.js")] },
];

async function run(args: readonly string[]): Promise<number> {
  return (await $({ stdio: "inherit", nothrow: true })`${node} ${args}`).exitCode ?? 1;
}

/** The test runner's own count, so that a run without tests cannot pass. */
async function tests(projects: readonly string[]): Promise<Counts & { lies: string }> {
  const folder = mkdtempSync(join(tmpdir(), "seawall-check-"));
  try {
    const file = join(folder, "tests.json");
    const status = await run([
      ...bin("vitest", "vitest.mjs"),
      "run",
      ...projects.flatMap((name) => ["--project", name]),
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`,
    ]);
    const report = JSON.parse(readFileSync(file, "utf8")) as Report;
    const { numPassedTests, numFailedTests, numPendingTests, numTotalTests } =
      report as unknown as Record<string, number>;
    const failed = numFailedTests ?? 0;
    return {
      passed: numPassedTests ?? 0,
      failed: failed === 0 && (status !== 0 || (numTotalTests ?? 0) === 0) ? 1 : failed,
      skipped: numPendingTests ?? 0,
      lies: liesIn(report),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A part of the tests plants only its own part of the lies. */
function liesIn({ testResults }: Report): string {
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  const [lies, controls] = (["lie", "control"] as const).map((one) =>
    all.filter(({ meta }) => meta.planted === one).map(({ status }) => status === "passed"),
  ) as [boolean[], boolean[]];
  return (
    `${lies.length} lies planted, ${lies.filter(Boolean).length} lies caught, ` +
    `${controls.filter(Boolean).length} honest controls left alone`
  );
}

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
const looking = checks.map(({ title, args }) => ({
  title,
  found: $({ quiet: true, nothrow: true })`${node} ${args}`,
}));
for (const { title, found } of looking) {
  process.stdout.write(`\n== ${title}\n`);
  const { exitCode, stdout, stderr } = await found;
  process.stdout.write(stdout + stderr);
  const ok = exitCode === 0;
  counts[ok ? "passed" : "failed"]++;
  process.stdout.write(ok ? "ok\n" : "FAILED\n");
}
process.stdout.write("\n== tests\n");
const tested = await tests(process.argv.slice(2));
process.stdout.write(
  `\n${tested.lies}\n${counts.passed + tested.passed} passed, ` +
    `${counts.failed + tested.failed} failed, ` +
    `${counts.skipped + tested.skipped} skipped\n`,
);
process.exitCode = counts.failed + tested.failed === 0 ? 0 : 1;
