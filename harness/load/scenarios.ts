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

/** Steps, no ramps: a stage of no length jumps to its rate. */
export function scenarioOf(load: Load, plan: Plan): Scenario {
  const rate = (phase: Phase): number => Math.round(load.ratePerSecond[phase] * timeUnitSeconds);
  const hold = (phase: Phase, ms: number): Stage[] => [{ target: rate(phase), duration: "0s" }, { target: rate(phase), duration: `${Math.round(ms)}ms` }];
  return {
    executor: "ramping-arrival-rate", exec: load.exec, startRate: rate("baseline"), timeUnit: `${timeUnitSeconds}s`,
    preAllocatedVUs: load.vus, maxVUs: load.vus, gracefulStop: `${gracefulStopMs}ms`,
    stages: [
      ...hold("baseline", plan.leadInMs + plan.phasesMs.baseline),
      ...hold("fault", plan.phasesMs.fault),
      ...hold("recovery", plan.phasesMs.recovery + tailMs),
    ],
  };
}

export function settingsOf(plan: Plan, loads: readonly Load[], edges: readonly Endpoint[]): string {
  return JSON.stringify({
    seed: plan.seed, stream: plan.stream,
    edges: edges.map((edge, index) => ({ name: plan.edges[index], url: `http://${edge.host}:${edge.port}` })),
    scenarios: Object.fromEntries(loads.map((load) => [load.name, scenarioOf(load, plan)])),
  });
}
