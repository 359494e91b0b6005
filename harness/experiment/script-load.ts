/**
 * A load as a k6 script of the user's own says it: its `options.scenarios`. What is taken becomes a
 * load of the plan, so that what was offered is accounted for; what cannot be is refused, with the
 * reason.
 */
import { type Phase, phases } from "../base/phases.ts";
import type { Load } from "./load.ts";
import type { AuthoredReplay } from "../trace/authored-replay.ts";

/**
 * An entry of `load` that takes the scenarios of a k6 script. Each becomes a load of the plan. A
 * closed model and a rate that changes within a phase are refused.
 */
export interface ScriptLoad extends ScriptSettings, Pick<Load, "env" | "secrets"> {
  /** The path of a k6 script from the experiment's file: `./visits.ts`. */
  readonly workload: string;
  /** All of the script's scenarios, or those of these names. */
  readonly scenarios: true | readonly string[];
  /** The class of scenarios whose `tags` name no lane; by default, the scenario's name. */
  readonly lane?: string;
}

/** What an experiment says of a script beyond its load. */
interface ScriptSettings {
  /** `false` leaves the script's thresholds out. By default, each becomes a claim. */
  readonly thresholds?: false;
}

/** Replays a trace of production in the place of a rate. */
export interface ReplayLoad extends Pick<Load, "name" | "lane" | "vus" | "env" | "secrets"> {
  readonly workload: AuthoredReplay;
}

/** A load whose trace has been read. */
export type AuthoredLoad = (Load & ScriptSettings) | ScriptLoad;

/** As an experiment's file may have it. */
export type WrittenLoad = AuthoredLoad | ReplayLoad;

/** Whether it replays a trace. */
export function takesTrace(load: WrittenLoad): load is ReplayLoad {
  return typeof load === "object" && load !== null && typeof load.workload === "object";
}

/** Whether it asks for the scenarios of its script. */
export function takesScenarios(load: AuthoredLoad): load is ScriptLoad {
  return typeof load === "object" && load !== null && "scenarios" in load;
}

export interface Taken {
  readonly loads: readonly Load[];
  readonly problems: readonly string[];
}

const closed = [
  "constant-vus",
  "ramping-vus",
  "per-vu-iterations",
  "shared-iterations",
  "externally-controlled",
];
const why =
  "its users wait for the target, so a slow target gets less load, and the load offered is " +
  "unknown; use constant-arrival-rate or ramping-arrival-rate";
/** They say the same without a scenario. */
const closedOptions = ["vus", "duration", "iterations", "stages"];

type Fields = Readonly<Record<string, unknown>>;

/** `options`: what the script exports. A scenario's clock begins with the baseline. */
export function takeScenarios(
  script: ScriptLoad,
  options: Fields,
  phasesMs: Readonly<Record<Phase, number>>,
): Taken {
  const given = options["scenarios"];
  if (typeof given !== "object" || given === null || Object.keys(given).length === 0) {
    const says = closedOptions.filter(
      (name) => options[name] !== undefined && options[name] !== null,
    );
    return refused(
      "it exports no options.scenarios" +
        (says.length === 0 ? "" : `; of ${says.join(", ")} it is to be said: ${why}`),
    );
  }
  const all = given as Readonly<Record<string, Fields>>;
  const wanted = script.scenarios === true ? Object.keys(all) : script.scenarios;
  const taken = wanted.map((name): Taken => {
    const scenario = Object.hasOwn(all, name) ? all[name] : undefined;
    if (scenario === undefined)
      return refused(`there is no scenario "${name}"; there are ${Object.keys(all).join(", ")}`);
    const { loads, problems } = takeOne(name, scenario, script, phasesMs);
    return { loads, problems: problems.map((problem) => `scenario ${name}: ${problem}`) };
  });
  return {
    loads: taken.flatMap(({ loads }) => loads),
    problems: taken.flatMap(({ problems }) => problems),
  };
}

function refused(...problems: string[]): Taken {
  return { loads: [], problems };
}

function takeOne(
  name: string,
  scenario: Fields,
  { workload, lane, env, secrets }: ScriptLoad,
  phasesMs: Readonly<Record<Phase, number>>,
): Taken {
  const executor = String(scenario["executor"]);
  if (closed.includes(executor)) return refused(`${executor} is a closed model: ${why}`);
  const stretches = stretchesOf(executor, scenario);
  if (typeof stretches === "string") return refused(stretches);
  const tags = (scenario["tags"] ?? {}) as Readonly<Record<string, string>>;
  const others = Object.keys(tags).filter((tag) => tag !== "lane");
  const vus = scenario["maxVUs"] ?? scenario["preAllocatedVUs"];
  const rates = phases.map((phase) => [phase, rateIn(phase, stretches, phasesMs)] as const);
  const problems = [
    ...(others.length === 0
      ? []
      : [`tags: only lane is taken, not ${others.join(", ")}; tag the samples in the script`]),
    ...(typeof vus === "number" ? [] : ["it needs preAllocatedVUs or maxVUs"]),
    ...rates.flatMap(([, rate]) => (typeof rate === "string" ? [rate] : [])),
  ];
  if (problems.length > 0) return refused(...problems);
  const loadName = name.toLowerCase().replaceAll("_", "-");
  const ownEnv = (scenario["env"] ?? {}) as Readonly<Record<string, string>>;
  const allEnv = { ...env, ...ownEnv };
  return {
    loads: [
      {
        name: loadName,
        workload,
        exec: typeof scenario["exec"] === "string" ? scenario["exec"] : "default",
        lane: tags["lane"] ?? lane ?? loadName,
        ratePerSecond: Object.fromEntries(rates) as Record<Phase, number>,
        vus: vus as number,
        ...(Object.keys(allEnv).length === 0 ? {} : { env: allEnv }),
        ...(secrets === undefined ? {} : { secrets }),
      },
    ],
    problems: [],
  };
}

/** A part of a scenario, in ms since the baseline began, and its rate at both ends. */
interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly fromRate: number;
  readonly untilRate: number;
}

/** Or what is wrong. */
function stretchesOf(executor: string, scenario: Fields): readonly Stretch[] | string {
  const unitMs = durationMs(scenario["timeUnit"] ?? "1s");
  const startMs = durationMs(scenario["startTime"] ?? 0);
  const perSecond = (rate: unknown): number => (Number(rate) / (unitMs ?? Number.NaN)) * 1_000;
  if (unitMs === null || unitMs === 0 || startMs === null)
    return "its timeUnit or startTime is no duration";
  if (executor === "constant-arrival-rate") {
    const lengthMs = durationMs(scenario["duration"]);
    const rate = perSecond(scenario["rate"]);
    if (lengthMs === null || !Number.isFinite(rate)) return "it needs a rate and a duration";
    return [{ fromMs: startMs, untilMs: startMs + lengthMs, fromRate: rate, untilRate: rate }];
  }
  if (executor !== "ramping-arrival-rate") return `there is no executor ${executor}`;
  let fromMs = startMs;
  let fromRate = perSecond(scenario["startRate"] ?? 0);
  const stretches: Stretch[] = [];
  for (const { target, duration } of (scenario["stages"] ?? []) as readonly Fields[]) {
    const lengthMs = durationMs(duration);
    const untilRate = perSecond(target);
    if (lengthMs === null || !Number.isFinite(untilRate))
      return "each of its stages needs a target and a duration";
    stretches.push({ fromMs, untilMs: fromMs + lengthMs, fromRate, untilRate });
    fromMs += lengthMs;
    fromRate = untilRate;
  }
  return stretches.length === 0 ? "it has no stages" : stretches;
}

/** Iterations per second in a phase; or what is wrong where they are not the same all the time. */
function rateIn(
  phase: Phase,
  stretches: readonly Stretch[],
  phasesMs: Readonly<Record<Phase, number>>,
): number | string {
  const before = phases.slice(0, phases.indexOf(phase));
  const fromMs = before.reduce((total, one) => total + phasesMs[one], 0);
  const untilMs = fromMs + phasesMs[phase];
  const inside = stretches.filter((one) => one.fromMs < untilMs && one.untilMs > fromMs);
  const coveredMs = inside.reduce(
    (total, one) => total + Math.min(untilMs, one.untilMs) - Math.max(fromMs, one.fromMs),
    0,
  );
  const rates = new Set(inside.flatMap(({ fromRate, untilRate }) => [fromRate, untilRate]));
  if (coveredMs < phasesMs[phase] - 1 && coveredMs > 1) rates.add(0);
  if (rates.size > 1)
    return (
      `its rate changes within phase ${phase}, ${fromMs} to ${untilMs} ms after the baseline ` +
      "began; a load has one rate in each phase"
    );
  return [...rates][0] ?? 0;
}

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1e3,
  m: 60e3,
  h: 3_600e3,
  d: 86_400e3,
};

/** As k6 reads it: `1m30s`, or a number of ms. Null for anything else. */
export function durationMs(value: unknown): number | null {
  if (typeof value === "number") return value >= 0 ? value : null;
  if (typeof value !== "string" || !/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(value))
    return value === "0" ? 0 : null;
  return [...value.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)].reduce(
    (total, [, number, unit]) => total + Number(number) * (unitsMs[unit as string] as number),
    0,
  );
}
