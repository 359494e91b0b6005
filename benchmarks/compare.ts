/**
 * Whether `seawall compare` is honest: pairs of made-up sides of three runs that differ in nothing, and that differ by a tenth in the live
 * lane's latency. Prints how many of each are called different, for several kinds of noise.
 *
 *   node benchmarks/compare.ts [PAIRS=200]
 */
import { compareRuns, defaults } from "../harness/core/compare/compare.ts";
import { type MadeUp, madeUpRun } from "../harness/core/compare/fixture.ts";
import type { Run } from "../harness/core/run.ts";

const pairs = Number(process.argv[2] ?? 200);
const kinds: readonly (readonly [string, number, Partial<MadeUp>])[] = [
  ["3 runs a side, phases of 20 s", 3, {}],
  ["3 runs a side, 2 % from run to run", 3, { drift: 0.04, likeness: 0.5, runToRun: 0.02 }],
  ["5 runs a side of 30 s, 3 % from run to run", 5, { phaseMs: 30_000, runToRun: 0.03 }],
  ["1 run a side, phases of 60 s", 1, { phaseMs: 60_000 }],
];

for (const [name, runs, noise] of kinds) {
  const side = (seed: number, slower: number): Run[] => Array.from({ length: runs }, (_, index) => madeUpRun({ seed: seed + index, slower, ...noise }));
  let [wrong, found] = [0, 0];
  for (let pair = 0; pair < pairs; pair++) {
    const a = side(pair * 10, 1);
    const outcomes = (b: Run[]) => compareRuns(a, b, { ...defaults, intervals: "decisive" });
    if (outcomes(side(1e6 + pair * 10, 1)).some(({ outcome }) => ["worse", "better", "different"].includes(outcome))) wrong++;
    if (outcomes(side(2e6 + pair * 10, 1.1)).some(({ outcome, quantity }) => outcome === "worse" && quantity.where["lane"] === "live")) found++;
  }
  process.stdout.write(`${name.padEnd(44)} the same called different ${((wrong / pairs) * 100).toFixed(1).padStart(5)} %   a tenth slower found ${((found / pairs) * 100).toFixed(1).padStart(5)} %   (${pairs} pairs)\n`);
}
