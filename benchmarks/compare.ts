/**
 * Measures the error rates of `seawall compare` on pairs of sides without a difference, and on
 * pairs of which one is slower. Prints how many of each are called different.
 *
 *   sides       made-up runs, by runs per side and by variation between runs
 *   within      three made-up runs a side whose live waits differ by 3 % or less on each side
 *   made-up     several kinds of noise
 *   chance      the tests behind a comparison alone
 *   simulated   runs in virtual time
 *   coverage    how often the intervals contain the truth
 *   speed       how long ten runs against ten of real size take
 *
 * `docs/how-runs-are-compared.md` has the output of `sides`.
 *
 *   node benchmarks/compare.ts [PAIRS=200 | FROM-UNTIL]
 *     [sides | within | simulated | made-up | chance | coverage | speed]
 *     [RUNS,RUNS… | 3v3,10v1…] [slow-store | origin-storm]
 */
import originStorm from "../experiments/origin-storm.ts";
import slowStore from "../experiments/slow-store.ts";
import { type Change, compareRuns, defaults } from "../harness/compare/compare.ts";
import { type MadeUp, madeUpRun } from "../test/support/compare/made-up-run.ts";
import { enoughRuns } from "../harness/compare/enough-runs.ts";
import { lnChoose } from "../harness/compare/fisher.ts";
import type { Experiment } from "../harness/experiment/experiment.ts";
import type { Run } from "../harness/record/run.ts";
import { quantile } from "../harness/base/statistics.ts";
import { planned, simulateInMemory } from "../test/support/simulated/in-memory.ts";
import {
  alarmsMost,
  alarmsOverClaims,
  alarmsOverRuns,
  sidesOfClaims,
  sidesOfRuns,
} from "../test/support/compare/false-alarms.ts";
import { slower } from "./library/slower-model.ts";

const [from, until] = (process.argv[2] ?? "200").includes("-")
  ? ((process.argv[2] ?? "").split("-").map(Number) as [number, number])
  : [0, Number(process.argv[2] ?? 200)];
const pairs = until - from;
const only = process.argv[3] ?? "";

/** The runs of both sides of one pair: without a difference, and with a slower B. */
interface Pair {
  readonly a: readonly Run[];
  readonly same: readonly Run[];
  readonly slower: readonly Run[];
}

/** The change that counts as a detection. */
type Shows = (change: Change) => boolean;

const slowerFor =
  (metric: string, lane?: string): Shows =>
  ({ outcome, quantity }) =>
    outcome === "worse" &&
    quantity.measure.kind === "quantile" &&
    quantity.metric === metric &&
    (lane === undefined || quantity.where["lane"] === lane);

async function count(
  name: string,
  shows: Readonly<Record<string, Shows>>,
  pairOf: (pair: number) => Promise<Pair>,
): Promise<void> {
  let wrong = 0;
  const found = new Map(Object.keys(shows).map((what) => [what, 0]));
  for (let pair = from; pair < until; pair++) {
    const { a, same, slower: b } = await pairOf(pair);
    const changes = (side: readonly Run[]): Change[] =>
      compareRuns(a, side, { ...defaults, intervals: "decisive" });
    if (changes(same).some(({ outcome }) => ["worse", "better", "different"].includes(outcome)))
      wrong++;
    const differing = changes(b);
    for (const [what, show] of Object.entries(shows))
      if (differing.some(show)) found.set(what, (found.get(what) ?? 0) + 1);
  }
  const share = (times: number): string => `${times} (${((times / pairs) * 100).toFixed(1)} %)`;
  process.stdout.write(
    `${name}: of ${pairs} pairs, the same called different ${share(wrong)}; ` +
      `${[...found].map(([what, times]) => `${what} ${share(times)}`).join(", ")}\n`,
  );
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
    const side = (seed: number, times: number): Run[] =>
      Array.from({ length: runs }, (_, index) =>
        madeUpRun({ seed: seed + index, slower: times, ...noise }),
      );
    await count(
      name,
      { "a tenth slower for live viewers found": slowerFor("segment_ms", "live") },
      async (pair) => ({
        a: side(pair * 10, 1),
        same: side(1e6 + pair * 10, 1),
        slower: side(2e6 + pair * 10, 1.1),
      }),
    );
  }
}

const sidesOfAll = ["1v1", "1v3", "2v2", "3v1", "3v3", "10v1", "10v10"];
const slowdowns = [1.1, 1.2, 2];
const differs = ({ outcome }: Change): boolean =>
  outcome === "worse" || outcome === "better" || outcome === "different";

/**
 * False alarms of the whole procedure, and detections, by runs per side and by variation between
 * runs.
 */
function sidesTable(): void {
  process.stdout.write(
    "| sides | from run to run | called different | at most (95 %) | +10 % | +20 % | ×2 " +
      "|\n|---|---|---|---|---|---|---|\n",
  );
  for (const sides of process.argv[4]?.split(",") ?? sidesOfAll)
    for (const runToRun of [0, 0.03, 0.05, 0.1, 0.15]) {
      const [ofA = 1, ofB = 1] = sides.split("v").map(Number);
      const side = (seed: number, runs: number, slower: number): Run[] =>
        Array.from({ length: runs }, (_, index) =>
          madeUpRun({ seed: seed + index, runToRun, slower }),
        );
      const called = (pair: number, slower: number): boolean => {
        const b = side(5e6 + pair * 20, ofB, slower);
        return compareRuns(side(pair * 20, ofA, 1), b, { ...defaults, intervals: "decisive" }).some(
          slower === 1 ? differs : slowerFor("segment_ms", "live"),
        );
      };
      const count = (slower: number, until: number): number =>
        Array.from({ length: until - from }, (_, index) => called(from + index, slower)).filter(
          Boolean,
        ).length;
      // Sides that are too small are never called different by rule. A few pairs show it.
      const able = enoughRuns(ofA, ofB, defaults.alpha);
      const nulls = able ? pairs : Math.min(pairs, 50);
      const wrong = count(1, from + nulls);
      // Twenty runs a pair, with an interval for every detection, take 1 to 2 s.
      const powered = Math.min(pairs, ofA + ofB > 12 ? 30 : 100);
      const found = able
        ? slowdowns.map(
            (slower) => `${Math.round((100 * count(slower, from + powered)) / powered)} %`,
          )
        : slowdowns.map(() => "cannot tell");
      process.stdout.write(
        `| ${sides} | ${runToRun * 100} % | ${((100 * wrong) / nulls).toFixed(1)} % of ` +
          `${nulls} | ${(100 * upperBound(wrong, nulls)).toFixed(1)} % | ${found.join(" | ")} ` +
          `|\n`,
      );
    }
}

/** How often 20 % are seen where the median live waits of each side's runs lie so close. */
function withinTable(): void {
  const closest = 1.03;
  const isClose = (runs: readonly Run[]): boolean => {
    const medians = runs.map(({ series }) => {
      const live = series.find(({ tags }) => tags["lane"] === "live");
      return quantile(Float64Array.from(live?.values ?? []).sort(), 0.5) ?? Number.NaN;
    });
    return Math.max(...medians) / Math.min(...medians) <= closest;
  };
  for (const runToRun of [0, 0.01, 0.02, 0.03]) {
    let [close, seen] = [0, 0];
    for (let pair = from; pair < until; pair++) {
      const side = (seed: number, slower: number): Run[] =>
        Array.from({ length: 3 }, (_, index) =>
          madeUpRun({ seed: seed + index, runToRun, slower }),
        );
      const [a, b] = [side(pair * 20, 1), side(5e6 + pair * 20, 1.2)];
      if (!isClose(a) || !isClose(b)) continue;
      close++;
      if (
        compareRuns(a, b, { ...defaults, intervals: "decisive" }).some(
          slowerFor("segment_ms", "live"),
        )
      )
        seen++;
    }
    process.stdout.write(
      `${runToRun * 100} % from run to run: ${close} of ${pairs} pairs have sides within 3 %; ` +
        `a fifth slower is seen in ${seen} of them\n`,
    );
  }
}

/**
 * Clopper and Pearson's one-sided 95 % bound of a share of which `count` of `all` were observed.
 */
function upperBound(count: number, all: number): number {
  if (count >= all) return 1;
  const atMost = (share: number): number =>
    Array.from({ length: count + 1 }, (_, k) =>
      Math.exp(lnChoose(all, k) + k * Math.log(share) + (all - k) * Math.log1p(-share)),
    ).reduce((sum, one) => sum + one, 0);
  let [low, high] = [1e-9, 1 - 1e-9];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (atMost(middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}

/** The exit status is 1 if a test errs more often than it claims. */
function chance(): void {
  const say = (what: string, alarms: number): void => {
    const isTooOften = alarms > alarmsMost(pairs);
    if (isTooOften) process.exitCode = 1;
    const share = `${((100 * alarms) / pairs).toFixed(1)} % of ${pairs}`;
    process.stdout.write(`${what}: ${share}${isTooOften ? ", TOO OFTEN" : ""}\n`);
  };
  for (const [ofA, ofB] of sidesOfRuns)
    say(`figures, ${ofA} runs against ${ofB}`, alarmsOverRuns(pairs, ofA, ofB));
  for (const [runs, refuted] of sidesOfClaims)
    say(`a claim, ${runs} runs a side, refuted ${refuted}`, alarmsOverClaims(pairs, runs, refuted));
}

/** Ten runs against ten, each of two minutes. */
function speed(): void {
  const side = (seed: number): Run[] =>
    Array.from({ length: 10 }, (_, index) =>
      madeUpRun({ seed: seed + index, phaseMs: 40_000, runToRun: 0.05 }),
    );
  const [a, b] = [side(1), side(100)];
  const samples = [...a, ...b].reduce(
    (sum, run) => sum + run.series.reduce((all, one) => all + one.values.length, 0),
    0,
  );
  const began = performance.now();
  compareRuns(a, b);
  process.stdout.write(
    `10 runs against 10, ${samples} samples, every interval: ` +
      `${((performance.now() - began) / 1_000).toFixed(1)} s\n`,
  );
}

/**
 * How often the 95 % interval of the live p50 over the whole run contains the true difference, and
 * its width.
 */
function coverage(): void {
  for (const runs of [2, 3, 5])
    for (const runToRun of [0, 0.03, 0.1]) {
      let [held, shown, width] = [0, 0, 0];
      for (let pair = from; pair < until; pair++) {
        const side = (seed: number, times: number): Run[] =>
          Array.from({ length: runs }, (_, index) =>
            madeUpRun({ seed: seed + index, slower: times, runToRun }),
          );
        const change = compareRuns(side(pair * 10, 1), side(1e6 + pair * 10, 1.1)).find(
          ({ quantity, phase }) => quantity.title === "live segment wait p50" && phase === "all",
        );
        if (change?.interval == null) continue;
        shown++;
        width += change.interval.high - change.interval.low;
        if (change.interval.low <= 0.1 && change.interval.high >= 0.1) held++;
      }
      process.stdout.write(
        `${runs} runs a side, ${(runToRun * 100).toFixed(0).padStart(2)} % from run to run: ` +
          `the interval holds the truth ${((held / shown) * 100).toFixed(1)} %, ` +
          `${((width / shown) * 100).toFixed(0)} points wide on average\n`,
      );
    }
}

/** The part of the target's model that is 10 % slower, and the figure that must show it. */
const plants: readonly {
  readonly name: string;
  readonly experiment: Experiment;
  readonly kinds: readonly string[];
  readonly shows: Readonly<Record<string, Shows>>;
}[] = [
  {
    name: "slow-store, every answer of Cassandra takes a tenth longer",
    experiment: slowStore,
    kinds: ["cassandra"],
    shows: {
      "live viewers' wait found slower": slowerFor("segment_ms", "live"),
      "publication found slower": slowerFor("publish_ms"),
    },
  },
  // Half of its live waits are below 1 ms, and 10 % of that is below the floor.
  {
    name: "origin-storm, every answer of an edge takes a tenth longer",
    experiment: originStorm,
    kinds: ["edge"],
    shows: { "live viewers' wait found slower": slowerFor("segment_ms", "live") },
  },
];

/** Runs in virtual time, each with its own seed. */
async function simulated(runs: number): Promise<void> {
  for (const { name, experiment, kinds: slow, shows } of plants.filter(({ name: one }) =>
    one.startsWith(process.argv[5] ?? ""),
  )) {
    const side = async (seed: number, times: number): Promise<Run[]> => {
      const all: Run[] = [];
      for (let index = 0; index < runs; index++)
        all.push(await simulateInMemory(planned(slower(experiment, slow, times), seed + index)));
      return all;
    };
    await count(`${name}, ${runs} ${runs === 1 ? "run" : "runs"} a side`, shows, async (pair) => ({
      a: await side(pair * 100, 1),
      same: await side(1e6 + pair * 100, 1),
      slower: await side(2e6 + pair * 100, 1.1),
    }));
  }
}

if (only === "" || only === "sides") sidesTable();
if (only === "within") withinTable();
if (only === "speed") speed();
if (only === "" || only === "chance") chance();
if (only === "" || only === "simulated")
  for (const runs of (process.argv[4] ?? "1,3,5,10").split(",").map(Number)) await simulated(runs);
if (only === "" || only === "made-up") await madeUp();
if (only === "" || only === "coverage") coverage();
