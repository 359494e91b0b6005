/** Turns a plan's loads into what a k6 workload is told. Pure. */
import type { Load, Phase } from "../core/experiment.ts";
import type { Plan } from "../core/run.ts";
import type { Endpoint } from "../core/target.ts";

/** The load goes on for this long after the last phase, so that no phase ends on a generator that has stopped. */
export const tailMs = 3_000;
/** How long iterations that are under way may take to end: the longest deadline of a viewer and some. */
const gracefulStopMs = 10_000;
/** k6 takes whole numbers of iterations per time unit; ten seconds allow a tenth of an iteration per second. */
const timeUnitSeconds = 10;

interface Stage { readonly target: number; readonly duration: string }

export interface Scenario {
  readonly executor: "ramping-arrival-rate";
  readonly exec: string;
  readonly startRate: number;
  readonly timeUnit: string;
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
  readonly gracefulStop: string;
  readonly stages: readonly Stage[];
}

/** What the entry script calls the function of a load: two workloads may name theirs alike, and names of loads hold no underscore. */
export function execOf(load: Pick<Load, "name">): string {
  return `load_${load.name.replaceAll("-", "_")}`;
}

/** The script that k6 runs: it takes each load's function from its own workload file, which lies in `folder`, a file URL that ends in a slash. */
export function entryScript(loads: readonly Load[], folder: string): string {
  const from = (load: Load): string => `from ${JSON.stringify(`${folder}${load.workload}.ts`)};`;
  const [first] = loads;
  return [
    ...(first === undefined ? [] : [`export { options } ${from(first)}`]),
    ...loads.map((load) => `export { ${load.exec} as ${execOf(load)} } ${from(load)}`), "",
  ].join("\n");
}

/** Steps, no ramps: a stage of no length jumps to its rate. */
export function scenarioOf(load: Load, plan: Plan): Scenario {
  const rate = (phase: Phase): number => Math.round(load.ratePerSecond[phase] * timeUnitSeconds);
  const hold = (phase: Phase, ms: number): Stage[] => [{ target: rate(phase), duration: "0s" }, { target: rate(phase), duration: `${Math.round(ms)}ms` }];
  return {
    executor: "ramping-arrival-rate", exec: execOf(load), startRate: rate("baseline"), timeUnit: `${timeUnitSeconds}s`,
    preAllocatedVUs: load.vus, maxVUs: load.vus, gracefulStop: `${gracefulStopMs}ms`,
    stages: [
      ...hold("baseline", plan.leadInMs + plan.phasesMs.baseline),
      ...hold("fault", plan.phasesMs.fault),
      ...hold("recovery", plan.phasesMs.recovery + tailMs),
    ],
  };
}

export function settingsOf(plan: Plan, loads: readonly Load[], edges: readonly Endpoint[], gateways: readonly Endpoint[]): string {
  const told = (endpoints: readonly Endpoint[], names: readonly string[]): object[] => endpoints.map(({ host, port }, index) => ({ name: names[index], url: `http://${host}:${port}` }));
  return JSON.stringify({
    seed: plan.seed, stream: plan.stream, leadInMs: plan.leadInMs, phasesMs: plan.phasesMs,
    edges: told(edges, plan.edges), gateways: told(gateways, plan.gateways ?? []),
    scenarios: Object.fromEntries(loads.map((load) => [load.name, scenarioOf(load, plan)])),
  });
}
