/** Turns a plan's loads into the settings of a k6 workload. Pure. */
import { isIPv6 } from "node:net";
import {
  gracefulStopMsOf,
  loadLengthMs,
  type Stage as Pace,
  stagesOf,
  timeUnitSeconds,
} from "../record/arrivals.ts";
import type { Load } from "../experiment/experiment.ts";
import type { Replay } from "../experiment/replay.ts";
import type { Plan } from "../record/plan.ts";
import type { Entry } from "../target/entries.ts";
import { addressText, hostOf, urlOf } from "../target/layout.ts";
import { type Part, usersFor, whole } from "./runners/part.ts";

interface Stage {
  readonly target: number;
  readonly duration: string;
}

/** Each virtual user takes the next request of a trace; `paced.ts` waits for its moment. */
interface ReplayScenario {
  readonly executor: "shared-iterations";
  readonly exec: string;
  readonly vus: number;
  readonly iterations: number;
  readonly maxDuration: string;
  readonly gracefulStop: string;
}

export interface Scenario {
  readonly executor: "ramping-arrival-rate";
  readonly exec: string;
  readonly startRate: number;
  readonly timeUnit: string;
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
  readonly gracefulStop: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stages: readonly Stage[];
}

/**
 * The name of a load's function in the entry script. Two workloads may use the same name, and names
 * of loads contain no underscore.
 */
export function execOf(load: Pick<Load, "name">): string {
  return `load_${load.name.replaceAll("-", "_")}`;
}

/**
 * k6 options that a workload may set itself. All others belong to the harness: the offered load,
 * the permitted hosts, and what is recorded.
 */
export const ownOptions = [
  "batch",
  "batchPerHost",
  "discardResponseBodies",
  "insecureSkipTLSVerify",
  "noConnectionReuse",
  "noCookiesReset",
  "noVUConnectionReuse",
  "setupTimeout",
  "teardownTimeout",
  "tlsCipherSuites",
  "tlsVersion",
  "userAgent",
];

/**
 * The script that k6 runs. It imports each load's function from its own workload file, and wraps
 * every iteration. `named` is the path of a workload that is given by name. `accounted` is the
 * script that records the iterations, and `paced` the one that replays. The data of a workload's
 * `setup` goes to its own functions.
 */
export function entryScript(
  loads: readonly Load[],
  named: (workload: string) => string,
  accounted: string,
  paced: string,
): string {
  const workloads = [...new Set(loads.map((load) => load.workload))];
  const addressOf = (workload: string): string =>
    workload.startsWith("/") ? workload : named(workload);
  const alias = (workload: string): string => `workload${workloads.indexOf(workload)}`;
  const all = workloads.map(alias).join(", ");
  return [
    `import { accounted } from ${JSON.stringify(accounted)};`,
    ...(loads.some(({ replay }) => replay !== undefined)
      ? [`import { paced } from ${JSON.stringify(paced)};`]
      : []),
    ...workloads.map(
      (workload) => `import * as ${alias(workload)} from ${JSON.stringify(addressOf(workload))};`,
    ),
    `const { scenarios, forbidden, hosts, tls, rps, replays } = JSON.parse(__ENV.SEAWALL_LOAD);`,
    `const workloads = [${all}];`,
    `const own = Object.assign({}, ...workloads.map(({ options }) => options));`,
    `export const options = {`,
    `  ...Object.fromEntries(${JSON.stringify(ownOptions)}.filter((name) => name in ` +
      "own).map((name) => [name, own[name]])),",
    `  scenarios, maxRedirects: 0, blacklistIPs: forbidden, hosts, rps,`,
    `  tlsAuth: [...(own.tlsAuth ?? []), ...tls.map((one) =>`,
    `    ({ ...one, cert: open(one.cert), key: open(one.key) }))],`,
    `};`,
    `export async function setup() {`,
    `  const data = [];`,
    `  for (const workload of workloads) data.push((await workload.setup?.()) ?? null);`,
    `  return data;`,
    `}`,
    `export async function teardown(data) {`,
    `  for (const [at, workload] of workloads.entries()) await workload.teardown?.(data?.[at]);`,
    `}`,
    ...loads.map((load) => {
      const wrapped =
        load.replay === undefined
          ? "accounted("
          : `paced(${JSON.stringify(load.name)}, replays[${JSON.stringify(load.name)}], `;
      return (
        `export const ${execOf(load)} = ${wrapped}${alias(load.workload)}` +
        `[${JSON.stringify(load.exec)}], ${workloads.indexOf(load.workload)});`
      );
    }),
    "",
  ].join("\n");
}

/** Steps, not ramps: a stage of zero duration jumps to its rate. */
export function scenarioOf(
  load: Load,
  plan: Plan,
  part: Part = whole,
  entries: readonly Entry[] = [],
): Scenario {
  const stages = stagesOf(load, plan);
  const rate = ({ perSecond }: Pace): number => Math.round(perSecond * timeUnitSeconds);
  const lengthMs = (index: number): number =>
    (stages[index]?.untilMs ?? 0) - (stages[index - 1]?.untilMs ?? 0);
  return {
    executor: "ramping-arrival-rate",
    exec: execOf(load),
    startRate: stages[0] === undefined ? 0 : rate(stages[0]),
    timeUnit: `${timeUnitSeconds}s`,
    preAllocatedVUs: usersFor(load.vus, part),
    maxVUs: usersFor(load.vus, part),
    gracefulStop: `${gracefulStopMsOf(plan)}ms`,
    // Two loads may give one variable different values.
    ...(load.env === undefined ? {} : { env: filled(load.env, plan, entries) }),
    stages: stages.flatMap((stage, index) => [
      { target: rate(stage), duration: "0s" },
      { target: rate(stage), duration: `${lengthMs(index)}ms` },
    ]),
  };
}

export function replayScenarioOf(load: Load, { sends }: Replay, plan: Plan): ReplayScenario {
  return {
    executor: "shared-iterations",
    exec: execOf(load),
    vus: Math.min(load.vus, sends.requests),
    iterations: sends.requests,
    // The schedule ends it; a last request may be late.
    maxDuration: `${loadLengthMs(plan) + 1_000}ms`,
    gracefulStop: `${gracefulStopMsOf(plan)}ms`,
  };
}

/** The `__ENV` of the scripts of all loads; `{url}` becomes the address of the first entry. */
export function environmentOf(
  plan: Plan,
  entries: readonly Entry[],
): Readonly<Record<string, string>> {
  return Object.assign({}, ...plan.load.map(({ env = {} }) => filled(env, plan, entries)));
}

function filled(
  env: Readonly<Record<string, string>>,
  { entries: names }: Plan,
  entries: readonly Entry[],
): Readonly<Record<string, string>> {
  const fill = (value: string): string =>
    value.replaceAll(/\{url(?::([^}]+))?\}/g, (whole, name: string | undefined) => {
      const entry = entries[name === undefined ? 0 : names.indexOf(name)];
      return entry === undefined ? whole : urlOf(named(entry));
    });
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)]));
}

/**
 * k6 can send what goes to a name or an IPv4 address to the proxy instead. An IPv6 address gets a
 * name that exists nowhere else; the Host of each request stays the address.
 */
function named(entry: Entry): Entry {
  if (entry.via === undefined || !isIPv6(entry.host)) return entry;
  const { access = {} } = entry;
  return {
    ...entry,
    host: `ip6-${entry.host.replaceAll(/[^0-9a-f]/gi, "-")}-x.invalid`,
    access: { ...access, hostHeader: access.hostHeader ?? hostOf(entry) },
  };
}

/**
 * The settings of a workload. `forbidden` are blocks of addresses to which it must not connect;
 * `replays` are those of `paced.ts`, by load.
 */
export function settingsOf(
  plan: Plan,
  loads: readonly Load[],
  entries: readonly Entry[],
  others: Readonly<Record<string, readonly Entry[]>>,
  {
    forbidden = [],
    replays = {},
    part = whole,
  }: { forbidden?: readonly string[]; replays?: object; part?: Part } = {},
): string {
  const withNames = (ways: readonly Entry[], names: readonly string[]): object[] =>
    ways.map((entry, index) => {
      const { hostHeader, headers, secretHeaders, session } = named(entry).access ?? {};
      return {
        name: names[index],
        url: urlOf(named(entry)),
        ...(hostHeader === undefined ? {} : { host: hostHeader }),
        ...(headers === undefined ? {} : { headers }),
        ...(secretHeaders === undefined ? {} : { secretHeaders }),
        ...(session === undefined ? {} : { session }),
      };
    });
  const all = [entries, ...Object.values(others)].flat();
  return JSON.stringify({
    seed: plan.seed,
    content: plan.content,
    leadInMs: plan.leadInMs,
    phasesMs: plan.phasesMs,
    entries: withNames(entries, plan.entries),
    others: Object.fromEntries(
      Object.entries(others).map(([name, ways]) => [
        name,
        withNames(ways, plan.otherEntries?.[name] ?? []),
      ]),
    ),
    scenarios: Object.fromEntries(
      loads.map((load) => [
        load.name,
        load.replay === undefined
          ? scenarioOf(load, plan, part, entries)
          : replayScenarioOf(load, load.replay, plan),
      ]),
    ),
    forbidden,
    replays,
    // k6 counts requests for itself alone.
    rps: Math.floor((plan.requestsPerSecondMax ?? 0) / part.of),
    hosts: Object.fromEntries(
      all.flatMap((entry) =>
        entry.via === undefined ? [] : [[addressText(named(entry)), addressText(entry.via)]],
      ),
    ),
    tls: all.flatMap(({ host, access }) =>
      access?.tls?.cert === undefined
        ? []
        : [{ domains: [host], cert: access.tls.cert, key: access.tls.key }],
    ),
  });
}
