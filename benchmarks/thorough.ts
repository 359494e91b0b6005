/**
 * The hermetic tests, each property and each seeded run of them many times as often as `npm test`
 * does it. Prints what vitest prints; the exit status is 1 if any fails.
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
    // Each test may take as many times as long.
    `--testTimeout=${60_000 * Number(times)}`,
    ...files,
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, SEAWALL_THOROUGH: times } },
);
process.exitCode = status ?? 1;
