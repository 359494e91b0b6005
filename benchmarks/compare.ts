/**
 * Whether `seawall compare` is honest: pairs of sides that differ in nothing, and that differ by a tenth in the live lane's latency. Prints how
 * many of each are called different, on runs of the simulated substrate and on made-up ones with several kinds of noise; and how often the
 * intervals hold the truth.
 *
 *   node benchmarks/compare.ts [PAIRS=200] [simulated | made-up | coverage] [RUNS,RUNS…]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import originStorm from "../experiments/origin-storm.ts";
import type { Context } from "../harness/cli/context.ts";
import { plan, type RunOptions } from "../harness/cli/run.ts";
import { simulate } from "../harness/cli/simulate.ts";
import { compareRuns, defaults } from "../harness/core/compare/compare.ts";
import { type MadeUp, madeUpRun } from "../harness/core/compare/fixture.ts";
import type { Run, SeriesData } from "../harness/core/run.ts";
import { readRun } from "../harness/run/read-run.ts";

const pairs = Number(process.argv[2] ?? 200);
const only = process.argv[3] ?? "";

/** The runs of both sides of one pair: nothing differs, and B is a tenth slower for live viewers. */
interface Pair { readonly a: readonly Run[]; readonly same: readonly Run[]; readonly slower: readonly Run[] }

async function count(name: string, pairOf: (pair: number) => Promise<Pair>): Promise<void> {
  let [wrong, found] = [0, 0];
  for (let pair = 0; pair < pairs; pair++) {
    const { a, same, slower } = await pairOf(pair);
    const outcomes = (b: readonly Run[]) => compareRuns(a, b, { ...defaults, intervals: "decisive" });
    if (outcomes(same).some(({ outcome }) => ["worse", "better", "different"].includes(outcome))) wrong++;
    if (outcomes(slower).some(({ outcome, quantity }) => outcome === "worse" && quantity.where["lane"] === "live" && quantity.measure.kind === "quantile")) found++;
  }
  const share = (times: number): string => `${((times / pairs) * 100).toFixed(1).padStart(5)} %`;
  process.stdout.write(`${name.padEnd(48)} the same called different ${share(wrong)}   a tenth slower found ${share(found)}   (${pairs} pairs)\n`);
}

const kinds: readonly (readonly [string, number, Partial<MadeUp>])[] = [
  ["made up: 3 runs a side, phases of 20 s", 3, {}],
  ["made up: 3 a side, 2 % from run to run", 3, { drift: 0.04, likeness: 0.5, runToRun: 0.02 }],
  ["made up: 5 a side of 30 s, 3 % from run to run", 5, { phaseMs: 30_000, runToRun: 0.03 }],
  ["made up: 1 a side, phases of 60 s", 1, { phaseMs: 60_000 }],
];

async function madeUp(): Promise<void> {
  for (const [name, runs, noise] of kinds) {
    const side = (seed: number, slower: number): Run[] => Array.from({ length: runs }, (_, index) => madeUpRun({ seed: seed + index, slower, ...noise }));
    await count(name, async (pair) => ({ a: side(pair * 10, 1), same: side(1e6 + pair * 10, 1), slower: side(2e6 + pair * 10, 1.1) }));
  }
}

/** How often the 95 % interval of the live p50 over the whole run holds the true difference, and how wide it is. */
function coverage(): void {
  for (const runs of [2, 3, 5]) for (const runToRun of [0, 0.03, 0.1]) {
    let [held, told, width] = [0, 0, 0];
    for (let pair = 0; pair < pairs; pair++) {
      const side = (seed: number, slower: number): Run[] => Array.from({ length: runs }, (_, index) => madeUpRun({ seed: seed + index, slower, runToRun }));
      const change = compareRuns(side(pair * 10, 1), side(1e6 + pair * 10, 1.1)).find(({ quantity, phase }) => quantity.title === "live segment wait p50" && phase === "all");
      if (change?.interval == null) continue;
      told++;
      width += change.interval.high - change.interval.low;
      if (change.interval.low <= 0.1 && change.interval.high >= 0.1) held++;
    }
    process.stdout.write(`${runs} runs a side, ${(runToRun * 100).toFixed(0).padStart(2)} % from run to run: the interval holds the truth ${((held / told) * 100).toFixed(1)} %, ${((width / told) * 100).toFixed(0)} points wide on average\n`);
  }
}

const root = resolve(import.meta.dirname, "..");

function contextOf(folder: string): Context {
  const silent = { write: () => {}, isTerminal: false, columns: 100, colour: false };
  return { root, cwd: folder, env: {}, stdout: silent, stderr: silent, stdin: () => Readable.from([]), signal: new AbortController().signal, onHurry: () => {}, version: "benchmark", stateDirectory: folder, cacheDirectory: folder };
}

/** The recorded waits of live viewers, a tenth longer: what a slower target would have recorded. */
function slowed(run: Run): Run {
  const longer = (series: SeriesData): SeriesData => {
    if (series.kind !== "duration" || series.tags["lane"] !== "live") return series;
    return { ...series, atMs: series.atMs.map((atMs, index) => atMs + 0.1 * (series.values[index] as number)), values: series.values.map((value) => value * 1.1) };
  };
  return { ...run, series: run.series.map(longer) };
}

/** Origin storms in virtual time; every run has a seed of its own. */
async function simulated(runs: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "seawall-compare-"));
  try {
    const context = contextOf(folder);
    const options: RunOptions = { substrate: "simulated", topology: null, without: [], seed: null, scale: 1, allowHosts: [], force: false, out: folder, json: false };
    const runOf = async (seed: number): Promise<Run> => {
      const { directory, error } = await simulate(context, await plan(context, originStorm.name, originStorm, seed, options), folder);
      if (error) throw error;
      const run = await readRun(directory);
      rmSync(directory, { recursive: true });
      return run;
    };
    const side = async (seed: number): Promise<Run[]> => {
      const all: Run[] = [];
      for (let index = 0; index < runs; index++) all.push(await runOf(seed + index));
      return all;
    };
    await count(`simulated origin storms, ${runs} runs a side`, async (pair) => {
      const [a, same] = [await side(pair * 100), await side(1e6 + pair * 100)];
      return { a, same, slower: same.map(slowed) };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (only === "" || only === "simulated") for (const runs of (process.argv[4] ?? "3,5,10").split(",").map(Number)) await simulated(runs);
if (only === "" || only === "made-up") await madeUp();
if (only === "" || only === "coverage") coverage();
