/**
 * Kills the whole harness with SIGKILL at random points of a real run on the process or docker
 * substrate. Then it looks for remains: processes, temporary folders, slot locks, ledgers,
 * containers, networks. In half of the runs the dead-man's switch dies, too, and `recover` must do
 * everything. In the others the switch must.
 *
 *     node_modules/.bin/node benchmarks/undo.ts [POINTS=100] [AT ONCE=4] [--seed N] [--docker]
 */
import { parseArgs } from "node:util";
import { killAtRandom } from "../test/support/cli/kill-points.ts";
import { onEngine } from "../test/support/docker-engine.ts";

const { values, positionals } = parseArgs({
  options: { seed: { type: "string" }, docker: { type: "boolean" } },
  allowPositionals: true,
});
const points = Number(positionals[0] ?? 100);
const { survived, left, phases } = await killAtRandom({
  points,
  atOnce: Number(positionals[1] ?? 4),
  seed: Number(values.seed ?? 1),
  say: (text) => process.stdout.write(`${text}\n`),
  onEngine: values.docker ? onEngine : undefined,
});
const killed = Object.entries(phases).map(([phase, count]) => `${count} in ${phase}`);
const behind = left.length === 0 ? "nothing" : left.join("; ");
process.stdout.write(
  `${points} runs killed (${killed.join(", ")}; ${survived} had ended before), ` +
    `left behind: ${behind}\n`,
);
process.exitCode = left.length === 0 ? 0 : 1;
