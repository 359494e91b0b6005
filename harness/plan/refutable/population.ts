/**
 * The samples that an experiment would record: for each metric, the groups that its load, layout
 * and phases produce. Tags that a workload or a layout determines are `fixed`; those that the
 * target determines are `free`, with their possible values.
 */
import type { Experiment, Load } from "../../experiment/experiment.ts";
import type { Phase } from "../../base/phases.ts";
import { entryTag, type Tags } from "../../metrics/tags.ts";
import { arrivalsPerSecondMax } from "../../target/model.ts";
import type { Played } from "../../experiment/plays.ts";
import type { Metric, Registry } from "../../metrics/metrics.ts";
import type { TagValues } from "../tag-values.ts";
import type { Layout } from "../../target/layout.ts";
import { rhythmMsOf } from "../../target/rhythm.ts";

export interface World {
  readonly experiment: Experiment;
  readonly layout: Layout;
  readonly registry: Registry;
  readonly values: TagValues;
  readonly simulated: boolean;
  readonly leadInMs: number;
  /** What an iteration of a load plays; null if its workload declares nothing. */
  plays(load: Load): readonly Played[] | null;
}

export interface Group {
  readonly fixed: Tags;
  readonly free: Readonly<Record<string, readonly string[]>>;
  readonly perSecond: Readonly<Record<Phase, number>>;
  /** The greatest duration of one of its samples, in ms. */
  readonly mostMs: number;
}

/** For a workload without a declared patience: k6 times out a request after a minute. */
const patienceMsUnknown = 60_000;
/**
 * The greatest number of requests per iteration: one attempt every 250 ms for as long as its user
 * waits.
 */
const everyMsMin = 250;
/**
 * The harness's prober sends two requests per second to each entry; a player samples itself as
 * often.
 */
const looksPerSecond = 2;
const proberTimeoutMs = 4_000;

/** A value that no claim names. */
const another = "(another)";

/** `wanted`: the values of each tag that a claim names. Other tags form no groups of their own. */
export function groupsOf(
  metric: string,
  namedValues: Readonly<Record<string, readonly string[]>>,
  world: World,
): Group[] {
  const known = world.registry[metric] as Metric;
  const freeOf = (tags: readonly string[]): Record<string, readonly string[]> =>
    Object.fromEntries(tags.map((tag) => [tag, valuesFor(metric, tag, namedValues, world)]));
  const named = Object.keys(namedValues);
  switch (known.source) {
    case "generator":
      return world.experiment.load.flatMap((load) =>
        ofLoad(load, metric, named, world).flatMap(({ fixed, perSecond, mostMs }) =>
          crossed(
            fixed,
            named.filter((tag) => drawnOf(known).includes(tag) && fixed[tag] === undefined),
            metric,
            namedValues,
            world,
          ).map((tags) => ({
            fixed: tags,
            free: freeOf(named.filter((tag) => tags[tag] === undefined)),
            perSecond,
            mostMs,
          })),
        ),
      );
    case "player":
      return [player(metric, freeOf(named), world)];
    default: {
      const byTarget = decidedOf(known);
      const fixedTags = named.filter((tag) => !byTarget.includes(tag));
      const perSecond = flat(rateOf(known, world));
      const mostMs = known.source === "prober" ? proberTimeoutMs : runMs(world);
      return crossed({}, fixedTags, metric, namedValues, world).map((fixed) => ({
        fixed,
        free: freeOf(named.filter((tag) => byTarget.includes(tag))),
        perSecond,
        mostMs,
      }));
    }
  }
}

/** Tags that workloads draw at random, each value with equal probability. */
const drawnOf = ({ drawn = [] }: Metric): readonly string[] => ["kind", ...drawn];
/** Tags that depend on the target's behaviour. */
const decidedOf = ({ decided = [] }: Metric): readonly string[] => [
  "outcome",
  "status",
  ...decided,
];

function ofLoad(
  load: Load,
  metric: string,
  named: readonly string[],
  world: World,
): Omit<Group, "free">[] {
  const plays = playsOf(load, metric, world) ?? [
    { metric, lane: load.lane, patienceMs: patienceMsUnknown, roams: true },
  ];
  const { perRequest: requests = false, entries = [] } = world.registry[metric] as Metric;
  return plays
    .filter((one) => requests || one.metric === metric)
    .flatMap(({ lane, kind, patienceMs, roams, later }): Omit<Group, "free">[] => {
      const perSecond = later === true ? piledUp(load, world) : ratesOf(load, world);
      const fixed: Tags = {
        lane,
        ...(named.includes("load") ? { load: load.name } : {}),
        ...(kind === undefined ? {} : { kind }),
      };
      const mostMs = patienceMs ?? runMs(world);
      // Users who stay at their entry send no requests elsewhere.
      const staysHome = named.includes(entryTag) && (requests || roams !== true);
      return staysHome
        ? world.layout.entries.map(({ service }) => ({
            fixed: {
              ...fixed,
              ...Object.fromEntries([entryTag, ...entries].map((tag) => [tag, service])),
            },
            perSecond: shared(perSecond, world.layout.entries.length),
            mostMs,
          }))
        : [{ fixed, perSecond, mostMs }];
    });
}

/** A script's own metric that no function declares may belong to any of them. */
function playsOf(
  load: Load,
  metric: string,
  { plays, registry, experiment }: World,
): readonly Played[] | null {
  const isNamed = experiment.load.some(
    (one) => plays(one)?.some((played) => played.metric === metric) ?? false,
  );
  return !isNamed && registry[metric]?.openTags === true && registry[metric].perRequest !== true
    ? null
    : plays(load);
}

/** The greatest number of requests per iteration. */
export function requestsMost({ mostMs }: Group): number {
  return Math.max(1, Math.ceil(mostMs / everyMsMin));
}

function ratesOf({ ratePerSecond }: Load, { simulated }: World): Group["perSecond"] {
  const most = simulated ? arrivalsPerSecondMax : Number.POSITIVE_INFINITY;
  return {
    baseline: Math.min(most, ratePerSecond.baseline),
    fault: Math.min(most, ratePerSecond.fault),
    recovery: Math.min(most, ratePerSecond.recovery),
  };
}

/** For users who stay: all who came in this phase or earlier, as if each left its sample now. */
function piledUp(load: Load, world: World): Group["perSecond"] {
  const { phasesMs } = world.experiment;
  const { baseline, fault, recovery } = ratesOf(load, world);
  const begun = {
    baseline: baseline * (world.leadInMs + phasesMs.baseline),
    fault: fault * phasesMs.fault,
    recovery: recovery * phasesMs.recovery,
  };
  const until = {
    baseline: begun.baseline,
    fault: begun.baseline + begun.fault,
    recovery: begun.baseline + begun.fault + begun.recovery,
  };
  return {
    baseline: until.baseline / phasesMs.baseline,
    fault: until.fault / phasesMs.fault,
    recovery: until.recovery / phasesMs.recovery,
  };
}

function shared(
  { baseline, fault, recovery }: Group["perSecond"],
  among: number,
): Group["perSecond"] {
  return { baseline: baseline / among, fault: fault / among, recovery: recovery / among };
}

function flat(rate: number): Group["perSecond"] {
  return { baseline: rate, fault: rate, recovery: rate };
}

function rateOf({ source, paced }: Metric, { layout }: World): number {
  if (paced === true) return 1_000 / rhythmMsOf(layout);
  return source === "prober" ? looksPerSecond : 1 / 2;
}

function player(metric: string, free: Group["free"], world: World): Group {
  const { players = [] } = world.experiment;
  const from = {
    baseline: ["baseline"],
    fault: ["baseline", "fault"],
    recovery: ["baseline", "fault", "recovery"],
  } as const;
  const watching = (phase: Phase): number =>
    players.filter((joined) => (from[phase] as readonly string[]).includes(joined)).length *
    looksPerSecond;
  const joining = (phase: Phase): number =>
    players.filter((joined) => joined === phase).length /
    (world.experiment.phasesMs[phase] / 1_000);
  const of = world.registry[metric]?.perJoin === true ? joining : watching;
  return {
    fixed: {},
    free,
    perSecond: { baseline: of("baseline"), fault: of("fault"), recovery: of("recovery") },
    mostMs: runMs(world),
  };
}

function crossed(
  fixed: Tags,
  tags: readonly string[],
  metric: string,
  namedValues: Readonly<Record<string, readonly string[]>>,
  world: World,
): Tags[] {
  return tags.reduce<Tags[]>(
    (all, tag) =>
      all.flatMap((one) =>
        valuesFor(metric, tag, namedValues, world).map((value) => ({ ...one, [tag]: value })),
      ),
    [fixed],
  );
}

/** Of a long list, only the named values and a few more are used. */
const valuesMost = 8;

function valuesFor(
  metric: string,
  tag: string,
  namedValues: Readonly<Record<string, readonly string[]>>,
  world: World,
): readonly string[] {
  const asked = namedValues[tag] ?? [];
  const known = world.values(metric, tag);
  if (known === null) return [...asked, another];
  const first = known.filter((value) => asked.includes(value));
  return [
    ...first,
    ...known
      .filter((value) => !asked.includes(value))
      .slice(0, Math.max(1, valuesMost - first.length)),
  ];
}

export function runMs({ experiment: { phasesMs } }: World): number {
  return phasesMs.baseline + phasesMs.fault + phasesMs.recovery;
}
