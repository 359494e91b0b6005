/** Made-up records: each metric of a claim in one of the states in which the target could be. */
import { type Claim, namedBy, selectorsOf, statisticOf } from "../../claims/statistics/registry.ts";
import type { Phase } from "../../base/phases.ts";
import type { Selector, SeriesData } from "../../metrics/samples.ts";
import type { Tags } from "../../metrics/tags.ts";
import type { Metric } from "../../metrics/metrics.ts";
import type { Window } from "../../metrics/series.ts";
import { type Group, groupsOf, requestsMost, type World } from "./population.ts";

/** The samples of one metric in one phase. */
export interface State {
  make(phase: Phase, window: Window): SeriesData[];
}

/**
 * Of more samples than this, only a fraction is made, and the claim's counts are scaled with it.
 */
const samplesMost = 4_000;
/**
 * A relative limit needs a reference above zero: a request lasts 1 ms, and a counter reading grows
 * by 1.
 */
const leastMs = 1;
/** The harness reads every 2 s. */
const readEveryMs = 2_000;
/** Per reading of 2 s: the bytes of 100 Gbit/s, which no counter on one machine exceeds… */
const ownCounterMost = 25e9;
/** …the processor time of 1 024 cores… */
const cpuSecondsMost = 2_048;
/** …and this many requests per iteration, and in addition to those. */
const requestsPerIterationMost = 100,
  requestsBesideMost = 2_000;
const gaugeMost = 1e15;
/** Relative to another phase, whose reading is 1. */
const gaugeMostRelative = 1e6;

export function valuesByTag(all: readonly (Tags | undefined)[]): Record<string, string[]> {
  const pairs = all.flatMap((tags) => Object.entries(tags ?? {}));
  return Object.fromEntries(
    [...Map.groupBy(pairs, ([tag]) => tag)].map(([tag, named]) => [
      tag,
      [...new Set(named.map(([, value]) => value))],
    ]),
  );
}

/** All values that a claim names for one of its metrics, by tag. */
function namedValuesOf(claim: Claim, metric: string): Record<string, string[]> {
  const all = namedBy(claim).filter((one) => one.metric === metric);
  const namedValues = valuesByTag(all.map(({ where }) => where));
  const by = statisticOf(claim).by(claim);
  if (by !== null) namedValues[by] ??= [];
  return namedValues;
}

/** The fraction (0…1) of samples of a claim's metrics that is made. */
export function partOf(claim: Claim, world: World): number {
  const most = Math.max(
    1,
    ...selectorsOf(claim)
      .map(({ metric }) => metric)
      .filter((metric) => world.registry[metric]?.source === "generator")
      .map((metric) => {
        const { phasesMs } = world.experiment;
        const groups = groupsOf(metric, {}, world);
        return Math.max(
          ...(["baseline", "fault", "recovery"] as const).map((phase) =>
            groups.reduce(
              (total, { perSecond }) => total + (perSecond[phase] * phasesMs[phase]) / 1_000,
              0,
            ),
          ),
        );
      }),
  );
  return Math.min(1, samplesMost / most);
}

/** The states of one metric, favourable ones first. */
export function statesOf(claim: Claim, metric: string, world: World, brief: boolean): State[] {
  const known = world.registry[metric] as Metric;
  const namedValues = namedValuesOf(claim, metric);
  if (known.ofHarness === true)
    return [{ make: (_phase, window) => harness(metric, known, namedValues, window, world) }];
  const isRead = known.kind === "increment" || known.kind === "gauge" || known.reckoned === true;
  return isRead
    ? readingStates(claim, metric, namedValues, world)
    : sampleStates(claim, metric, namedValues, world, brief);
}

/** The harness itself in its best state, which the target does not influence. */
function harness(
  metric: string,
  { kind }: Metric,
  namedValues: Record<string, string[]>,
  window: Window,
  world: World,
): SeriesData[] {
  return groupsOf(metric, namedValues, world).map(({ fixed, free }) =>
    seriesOf(
      metric,
      kind,
      {
        ...fixed,
        ...Object.fromEntries(
          Object.entries(free).map(([tag, values]) => [tag, values[0] as string]),
        ),
      },
      evenly(window, Math.max(1, Math.round((window.untilMs - window.fromMs) / 1_000))),
      0,
    ),
  );
}

type Assign = (group: Group) => Tags;

function sampleStates(
  claim: Claim,
  metric: string,
  namedValues: Record<string, string[]>,
  world: World,
  brief: boolean,
): State[] {
  const known = world.registry[metric] as Metric;
  const { kind, source, perRequest } = known;
  const groups = groupsOf(metric, namedValues, world);
  const part = partOf(claim, world);
  const selectors = selectorsOf(claim).filter((one) => one.metric === metric);
  const { number, readsValues, ...statistic } = statisticOf(claim);
  const having = statistic.having(claim);
  const ways: Assign[] = [
    ...selectors.map(
      ({ where }): Assign =>
        (group) =>
          matching(group, { ...where, ...having }),
    ),
    ...(having !== null
      ? [(group: Group): Tags => avoiding(group, having, claim.where ?? {})]
      : []),
    ...selectors.map(
      ({ where }): Assign =>
        (group) =>
          avoiding(group, where ?? {}, {}),
    ),
  ];
  const isOfInterest = (group: Group): boolean =>
    compatible(group.fixed, claim.metric === metric ? claim.where : selectors[0]?.where);
  const numbers =
    number === null ? [1] : perRequest === true ? [1, 0] : source === "generator" ? [1] : [1, -1];
  const timed = readsValues ? [leastMs, Number.POSITIVE_INFINITY] : [leastMs];
  const states: State[] = [];
  const add = (one: Assign, other: Assign, mix: "none" | "half" | "one"): void => {
    const differs = groups.some(
      (group) => isOfInterest(group) && JSON.stringify(one(group)) !== JSON.stringify(other(group)),
    );
    if (mix !== "none" && !differs) return;
    for (const ms of timed)
      for (const times of numbers) {
        states.push({
          make: (phase, window) => {
            let first = true;
            return groups.flatMap((group) => {
              const seconds = (window.untilMs - window.fromMs) / 1_000;
              const planned =
                group.perSecond[phase] *
                seconds *
                (source === "generator" ? part : 1) *
                (times === 0 ? requestsMost(group) : 1);
              const count =
                times === -1
                  ? 1
                  : source === "generator" || number === "value"
                    ? Math.round(planned)
                    : Math.max(Math.round(planned), claim.samplesMin, 1);
              const [some, others] = [one(group), other(group)];
              const starts = evenly(window, count);
              const odd = mix === "one" && first && isOfInterest(group) ? 1 : 0;
              if (odd === 1 && count > 0) first = false;
              const apart = mix === "half" ? Math.floor(count / 2) : odd;
              const isApart = (index: number): boolean =>
                mix === "half" ? index % 2 === 1 : index < apart;
              const lasts = (tags: Tags): number => lengthOf(tags, group, ms, known);
              const [together, taken] =
                apart === 0
                  ? [starts, nothing]
                  : [
                      starts.filter((_, index) => !isApart(index)),
                      starts.filter((_, index) => isApart(index)),
                    ];
              return [
                seriesOf(metric, kind, some, together, lasts(some)),
                seriesOf(metric, kind, others, taken, lasts(others)),
              ];
            });
          },
        });
      }
  };
  for (const way of ways) add(way, way, "none");
  if (!brief)
    for (const one of ways)
      for (const other of ways)
        if (one !== other) {
          add(one, other, "one");
          add(one, other, "half");
        }
  return states;
}

/** A sample that is not good lasted until the timeout, and slightly longer. */
function lengthOf({ outcome }: Tags, { mostMs }: Group, ms: number, known: Metric): number {
  if (Number.isFinite(ms)) return known.kind === "event" ? 0 : ms;
  const [good = "served"] = known.values?.["outcome"] ?? [];
  return outcome === good ? mostMs : mostMs + 1;
}

function readingStates(
  claim: Claim,
  metric: string,
  namedValues: Record<string, string[]>,
  world: World,
): State[] {
  const { kind, tags } = world.registry[metric] as Metric;
  const all = tags.includes("service") ? { service: [], ...namedValues } : namedValues;
  const groups = groupsOf(metric, all, world).flatMap(({ fixed, free }) =>
    Object.entries(free).reduce<Tags[]>(
      (made, [tag, values]) =>
        made.flatMap((one) => values.map((value) => ({ ...one, [tag]: value }))),
      [fixed],
    ),
  );
  const most = mostOf(claim, metric, world);
  const { number, ...statistic } = statisticOf(claim);
  const having = statistic.having(claim);
  const own = selectorsOf(claim)
    .filter((one) => one.metric === metric)
    .map(({ where }) => where ?? {});
  const chosen: Tags[] = [...own, ...(having !== null ? [{ ...claim.where, ...having }] : []), {}];
  const low = having !== null || typeof claim.limit !== "number" ? 1 : 0;
  const state = (matched: number, others: number, where: Tags): State => ({
    make: (_phase, window) => {
      const count = Math.max(
        1,
        Math.ceil((window.untilMs - window.fromMs) / readEveryMs),
        number === "value" ? 0 : claim.samplesMin,
      );
      return groups.map((one) => {
        const value = isHarness(one) ? low : compatible(one, where) ? matched : others;
        return seriesOf(metric, kind, one, evenly(window, count), value);
      });
    },
  });
  return chosen.flatMap((where) => [
    state(low, most, where),
    state(most, low, where),
    state(low, low, where),
    state(most, most, where),
  ]);
}

/** The generator and the harness use few resources, whatever the target does. */
export function isHarness({ service }: Tags): boolean {
  return service === "k6" || service === "seawall";
}

function mostOf(claim: Claim, metric: string, world: World): number {
  const { kind, most, source, countsRequests } = world.registry[metric] as Metric;
  if (most !== undefined) return most;
  if (kind !== "increment") return typeof claim.limit === "number" ? gaugeMost : gaugeMostRelative;
  if (source === "harness") return cpuSecondsMost;
  if (countsRequests !== true) return ownCounterMost;
  const perSecond = world.experiment.load.reduce(
    (total, { ratePerSecond }) => total + Math.max(...Object.values(ratePerSecond)),
    0,
  );
  return requestsBesideMost + requestsPerIterationMost * perSecond * (readEveryMs / 1_000);
}

/** A group whose fixed tags contradict `wanted` keeps its usual tags. */
function matching({ fixed, free }: Group, namedValues: Tags): Tags {
  const usual = Object.fromEntries(
    Object.entries(free).map(([tag, values]) => [tag, values.at(-1) as string]),
  );
  if (!compatible(fixed, namedValues)) return { ...usual, ...fixed };
  return {
    ...usual,
    ...Object.fromEntries(
      Object.entries(namedValues).filter(([tag, value]) => free[tag]?.includes(value) === true),
    ),
    ...fixed,
  };
}

/** Tags that avoid `wanted` wherever the target decides, and match `kept` wherever possible. */
function avoiding(group: Group, namedValues: Tags, kept: Tags): Tags {
  const { fixed, free } = group;
  const others = Object.entries(free).map(([tag, values]) => [
    tag,
    namedValues[tag] === undefined
      ? (kept[tag] ?? (values.at(-1) as string))
      : (values.find((value) => value !== namedValues[tag]) ?? namedValues[tag]),
  ]);
  return { ...(Object.fromEntries(others) as Tags), ...fixed };
}

function compatible(tags: Tags, namedValues: Tags | undefined): boolean {
  return Object.entries(namedValues ?? {}).every(
    ([tag, value]) => tags[tag] === undefined || tags[tag] === value,
  );
}

const nothing = new Float64Array(0);

/** Plain loops, because a single claim on requests may need millions of samples. */
function evenly({ fromMs, untilMs }: Window, count: number): Float64Array {
  const atMs = new Float64Array(count);
  for (let index = 0; index < count; index++)
    atMs[index] = fromMs + ((index + 0.5) * (untilMs - fromMs)) / count;
  return atMs;
}

function seriesOf(
  metric: string,
  kind: SeriesData["kind"],
  tags: Tags,
  startedMs: Float64Array,
  value: number,
): SeriesData {
  const atMs = kind === "duration" ? startedMs.map((at) => at + value) : startedMs;
  return { metric, kind, tags, atMs, values: new Float64Array(atMs.length).fill(value) };
}

export function metricsOf(claim: Claim): string[] {
  return [...new Set(selectorsOf(claim).map((selector: Selector) => selector.metric))];
}
