/** Turns a plan's loads into what a k6 workload is told. Pure. */
import {
  gracefulStopMsOf,
  type Stage as Pace,
  stagesOf,
  timeUnitSeconds,
} from "../record/arrivals.ts";
import type { Load } from "../experiment/experiment.ts";
import type { Plan } from "../record/plan.ts";
import type { Entry } from "../target/entries.ts";
import { addressText, urlOf } from "../target/layout.ts";

interface Stage {
  readonly target: number;
  readonly duration: string;
}

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

/**
 * What the entry script calls the function of a load: two workloads may name theirs alike, and
 * names of loads hold no underscore.
 */
export function execOf(load: Pick<Load, "name">): string {
  return `load_${load.name.replaceAll("-", "_")}`;
}

/**
 * Options of k6 that a workload may set for itself. All others are the harness's: which load is
 * offered, where requests may go, and what is recorded.
 */
const ownOptions = [
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
 * The script that k6 runs: it takes each load's function from its own workload file, and accounts
 * for every iteration. `folder` is where workloads lie that go by a name; `accounted` is the script
 * that does the accounts. What the `setup` of a workload gives goes to its own functions.
 */
export function entryScript(loads: readonly Load[], folder: string, accounted: string): string {
  const workloads = [...new Set(loads.map((load) => load.workload))];
  const alias = (workload: string): string => `workload${workloads.indexOf(workload)}`;
  const all = workloads.map(alias).join(", ");
  return [
    `import { accounted } from ${JSON.stringify(accounted)};`,
    ...workloads.map(
      (workload) =>
        `import * as ${alias(workload)} from ` +
        `${JSON.stringify(workload.startsWith("/") ? workload : `${folder}/${workload}.ts`)};`,
    ),
    `const { scenarios, forbidden, hosts, tls, rps } = JSON.parse(__ENV.SEAWALL_LOAD);`,
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
    ...loads.map(
      (load) =>
        `export const ${execOf(load)} = accounted(${alias(load.workload)}` +
        `[${JSON.stringify(load.exec)}], ${workloads.indexOf(load.workload)});`,
    ),
    "",
  ].join("\n");
}

/** Steps, no ramps: a stage of no length jumps to its rate. */
export function scenarioOf(load: Load, plan: Plan): Scenario {
  const stages = stagesOf(load, plan);
  const rate = ({ perSecond }: Pace): number => Math.round(perSecond * timeUnitSeconds);
  const lengthMs = (index: number): number =>
    (stages[index]?.untilMs ?? 0) - (stages[index - 1]?.untilMs ?? 0);
  return {
    executor: "ramping-arrival-rate",
    exec: execOf(load),
    startRate: stages[0] === undefined ? 0 : rate(stages[0]),
    timeUnit: `${timeUnitSeconds}s`,
    preAllocatedVUs: load.vus,
    maxVUs: load.vus,
    gracefulStop: `${gracefulStopMsOf(plan)}ms`,
    stages: stages.flatMap((stage, index) => [
      { target: rate(stage), duration: "0s" },
      { target: rate(stage), duration: `${lengthMs(index)}ms` },
    ]),
  };
}

/**
 * What the scripts of all loads find in `__ENV`, with the addresses of entries filled in: `{url}`
 * is that of the first one.
 */
export function environmentOf(
  plan: Plan,
  entries: readonly Entry[],
): Readonly<Record<string, string>> {
  const names = entryNames(plan);
  const filled = (value: string): string =>
    value.replaceAll(/\{url(?::([^}]+))?\}/g, (whole, name: string | undefined) => {
      const entry = entries[name === undefined ? 0 : names.indexOf(name)];
      return entry === undefined ? whole : urlOf(entry);
    });
  return Object.fromEntries(
    plan.load.flatMap(({ env = {} }) =>
      Object.entries(env).map(([name, value]) => [name, filled(value)]),
    ),
  );
}

function entryNames(plan: Plan): readonly string[] {
  return plan.edges;
}

/** What a workload is told; `forbidden` are blocks of addresses that it may not connect to. */
export function settingsOf(
  plan: Plan,
  loads: readonly Load[],
  entries: readonly Entry[],
  others: Readonly<Record<string, readonly Entry[]>>,
  forbidden: readonly string[] = [],
): string {
  const told = (ways: readonly Entry[], names: readonly string[]): object[] =>
    ways.map((entry, index) => {
      const { hostHeader, headers, secretHeaders } = entry.access ?? {};
      return {
        name: names[index],
        url: urlOf(entry),
        ...(hostHeader === undefined ? {} : { host: hostHeader }),
        ...(headers === undefined ? {} : { headers }),
        ...(secretHeaders === undefined ? {} : { secretHeaders }),
      };
    });
  const all = [entries, ...Object.values(others)].flat();
  return JSON.stringify({
    seed: plan.seed,
    stream: plan.stream,
    leadInMs: plan.leadInMs,
    phasesMs: plan.phasesMs,
    entries: told(entries, entryNames(plan)),
    others: Object.fromEntries(
      Object.entries(others).map(([name, ways]) => [
        name,
        told(ways, plan.otherEntries?.[name] ?? []),
      ]),
    ),
    scenarios: Object.fromEntries(loads.map((load) => [load.name, scenarioOf(load, plan)])),
    forbidden,
    rps: plan.requestsPerSecondMax ?? 0,
    hosts: Object.fromEntries(
      all.flatMap((entry) =>
        entry.via === undefined ? [] : [[addressText(entry), addressText(entry.via)]],
      ),
    ),
    tls: all.flatMap(({ host, access }) =>
      access?.tls?.cert === undefined
        ? []
        : [{ domains: [host], cert: access.tls.cert, key: access.tls.key }],
    ),
  });
}
