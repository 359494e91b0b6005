/**
 * Whether `seawall compare` is honest: pairs of sides that differ in nothing, and pairs of which one is a tenth slower. Prints how many of each are
 * called different, on runs of the simulated substrate and on made-up ones with several kinds of noise; and how often the intervals hold the truth.
 * `docs/how-a-verdict-is-computed.md` has what it printed: the same called different 0–2.5 %, a tenth slower found 92–97 % on made-up runs; on
 * slow stores in virtual time 80 % with five runs a side, 100 % (of 20 pairs) with ten.
 *
 *   node benchmarks/compare.ts [PAIRS=200 | FROM-UNTIL] [simulated | made-up | coverage] [RUNS,RUNS…] [slow-store | origin-storm]
 */
import originStorm from "../experiments/origin-storm.ts";
import slowStore from "../experiments/slow-store.ts";
import { type Change, compareRuns, defaults } from "../harness/core/compare/compare.ts";
import { type MadeUp, madeUpRun } from "../harness/core/compare/fixture.ts";
import type { Experiment } from "../harness/core/experiment.ts";
import type { Run } from "../harness/core/run.ts";
import { planned, simulateInMemory } from "../harness/substrates/simulated/in-memory.fixture.ts";
import { slower } from "./library/slower-model.ts";

const [from, until] = (process.argv[2] ?? "200").includes("-") ? (process.argv[2] ?? "").split("-").map(Number) as [number, number] : [0, Number(process.argv[2] ?? 200)];
const pairs = until - from;
const only = process.argv[3] ?? "";

/** The runs of both sides of one pair: nothing differs, and B is slower. */
interface Pair { readonly a: readonly Run[]; readonly same: readonly Run[]; readonly slower: readonly Run[] }

/** Which change shows that it was found. */
type Shows = (change: Change) => boolean;

const slowerFor = (metric: string, lane?: string): Shows => ({ outcome, quantity }) =>
  outcome === "worse" && quantity.measure.kind === "quantile" && quantity.metric === metric && (lane === undefined || quantity.where["lane"] === lane);

async function count(name: string, shows: Readonly<Record<string, Shows>>, pairOf: (pair: number) => Promise<Pair>): Promise<void> {
  let wrong = 0;
  const found = new Map(Object.keys(shows).map((what) => [what, 0]));
  for (let pair = from; pair < until; pair++) {
    const { a, same, slower: b } = await pairOf(pair);
    const changes = (side: readonly Run[]): Change[] => compareRuns(a, side, { ...defaults, intervals: "decisive" });
    if (changes(same).some(({ outcome }) => ["worse", "better", "different"].includes(outcome))) wrong++;
    const differing = changes(b);
    for (const [what, show] of Object.entries(shows)) if (differing.some(show)) found.set(what, (found.get(what) ?? 0) + 1);
  }
  const share = (times: number): string => `${times} (${((times / pairs) * 100).toFixed(1)} %)`;
  process.stdout.write(`${name}: of ${pairs} pairs, the same called different ${share(wrong)}; ${[...found].map(([what, times]) => `${what} ${share(times)}`).join(", ")}\n`);
}

const kinds: readonly (readonly [string, number, Partial<MadeUp>])[] = [
  ["made up, 3 runs a side, phases of 20 s", 3, {}],
  ["made up, 3 a side, 2 % from run to run", 3, { drift: 0.04, likeness: 0.5, runToRun: 0.02 }],
  ["made up, 5 a side of 30 s, 3 % from run to run", 5, { phaseMs: 30_000, runToRun: 0.03 }],
  ["made up, 1 a side, phases of 60 s", 1, { phaseMs: 60_000 }],
];

async function madeUp(): Promise<void> {
  const wanted = process.argv[4]?.split(",").map(Number);
  for (const [name, runs, noise] of kinds.filter(([, runs]) => wanted?.includes(runs) ?? true)) {
    const side = (seed: number, times: number): Run[] => Array.from({ length: runs }, (_, index) => madeUpRun({ seed: seed + index, slower: times, ...noise }));
    await count(name, { "a tenth slower for live viewers found": slowerFor("segment_ms", "live") }, async (pair) => ({ a: side(pair * 10, 1), same: side(1e6 + pair * 10, 1), slower: side(2e6 + pair * 10, 1.1) }));
  }
}

/** How often the 95 % interval of the live p50 over the whole run holds the true difference, and how wide it is. */
function coverage(): void {
  for (const runs of [2, 3, 5]) for (const runToRun of [0, 0.03, 0.1]) {
    let [held, told, width] = [0, 0, 0];
    for (let pair = from; pair < until; pair++) {
      const side = (seed: number, times: number): Run[] => Array.from({ length: runs }, (_, index) => madeUpRun({ seed: seed + index, slower: times, runToRun }));
      const change = compareRuns(side(pair * 10, 1), side(1e6 + pair * 10, 1.1)).find(({ quantity, phase }) => quantity.title === "live segment wait p50" && phase === "all");
      if (change?.interval == null) continue;
      told++;
      width += change.interval.high - change.interval.low;
      if (change.interval.low <= 0.1 && change.interval.high >= 0.1) held++;
    }
    process.stdout.write(`${runs} runs a side, ${(runToRun * 100).toFixed(0).padStart(2)} % from run to run: the interval holds the truth ${((held / told) * 100).toFixed(1)} %, ${((width / told) * 100).toFixed(0)} points wide on average\n`);
  }
}

/** What is a tenth slower in the target's model, and where that must show. */
const plants: readonly { readonly name: string; readonly experiment: Experiment; readonly kinds: readonly string[]; readonly shows: Readonly<Record<string, Shows>> }[] = [
  { name: "slow-store, every answer of Cassandra takes a tenth longer", experiment: slowStore, kinds: ["cassandra"], shows: { "live viewers' wait found slower": slowerFor("segment_ms", "live"), "publication found slower": slowerFor("publish_ms") } },
  // Half of its live waits are below a millisecond: a tenth of that is beneath the floor.
  { name: "origin-storm, every answer of an edge takes a tenth longer", experiment: originStorm, kinds: ["edge"], shows: { "live viewers' wait found slower": slowerFor("segment_ms", "live") } },
];

/** Runs in virtual time, each with a seed of its own. */
async function simulated(runs: number): Promise<void> {
  for (const { name, experiment, kinds: slow, shows } of plants.filter(({ name: one }) => one.startsWith(process.argv[5] ?? ""))) {
    const side = async (seed: number, times: number): Promise<Run[]> => {
      const all: Run[] = [];
      for (let index = 0; index < runs; index++) all.push(await simulateInMemory(planned(slower(experiment, slow, times), seed + index)));
      return all;
    };
    await count(`${name}, ${runs} ${runs === 1 ? "run" : "runs"} a side`, shows, async (pair) => ({ a: await side(pair * 100, 1), same: await side(1e6 + pair * 100, 1), slower: await side(2e6 + pair * 100, 1.1) }));
  }
}

if (only === "" || only === "simulated") for (const runs of (process.argv[4] ?? "1,3,5,10").split(",").map(Number)) await simulated(runs);
if (only === "" || only === "made-up") await madeUp();
if (only === "" || only === "coverage") coverage();
