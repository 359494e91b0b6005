/**
 * Runs the hermetic and simulated tests with each property and seeded run many times as often as
 * `npm test`. Prints vitest's output. The exit status is 1 if any fails.
 *
 *   node benchmarks/thorough.ts [TIMES=10] [FILE…]
 */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const [times = "10", ...files] = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--project=hermetic",
    "--project=simulated",
    // Each test's timeout grows by the same factor.
    `--testTimeout=${60_000 * Number(times)}`,
    ...files,
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, SEAWALL_THOROUGH: times } },
);
process.exitCode = status ?? 1;
