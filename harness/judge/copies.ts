/**
 * Two witnesses count as two only where each of them saw something. Series that share most of
 * their moments and values, or the order of their values, were told once and written down twice:
 * nobody knows what the other witness would have said.
 */
import { metricIn, sourceIn } from "../metrics/metrics.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { entryTag, type Tags } from "../metrics/tags.ts";
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import { isVirtual } from "../record/substrates.ts";
import type { Judged } from "../record/verdict.ts";
import { type Alike, alikeAtOnce, alikeInOrder } from "./alike.ts";
import { answer } from "./answer.ts";

/** Each sample of theirs is an observation with a moment of its own, to the microsecond. */
const observers: ReadonlySet<string> = new Set(["generator", "prober", "player"]);
const sharedMin = 5;

/** From how much on two series are too much alike; of the shorter one. */
interface Limits {
  /** Share of its samples that occur in the other as well. */
  readonly share: number;
  /** So many different values among them. */
  readonly different: number;
}
/** Two honest series of 10 000 samples a second each share 1 % of their microseconds. */
const observed: Limits = { share: 0.1, different: 0 };
/** What a pack reads has whole milliseconds; each service is asked for its counters by itself. */
const told: Limits = { share: 0.25, different: 0 };
/**
 * In virtual time what is due at one moment begins at one moment: two loads share 25 % of their
 * samples there, and all that the harness notes of itself. Players are looked at in one go.
 */
const dueAtOnce: Limits = { share: 0.5, different: 10 };
/** The harness reads all processes in one go, so that moments say nothing of them. */
const readInOneGo: Limits = { share: 0.75, different: 10 };
/** Waits of others at other moments: to the microsecond, three in a row are never the same. */
const shifted: Limits = { share: 0.1, different: sharedMin };
const problemsMax = 3;

type Copied = FactOf<"witnesses.copied">;

export function noCopies(run: Run): Judged {
  const { metrics, substrate } = run.plan;
  const isReal = !isVirtual(substrate);
  const source = ({ metric }: SeriesData): string => sourceIn(metrics, metric);
  const isMeant = ({ metric }: SeriesData): boolean =>
    isReal || metricIn(metrics, metric)?.ofHarness !== true;
  const waits = run.series.filter((one) => one.kind === "duration" && isMeant(one));
  const seen = run.series.filter((one) => one.kind === "event" && observers.has(source(one)));
  const readings = run.series.filter(
    ({ kind, tags }) => (kind === "increment" || kind === "gauge") && tellerOf(tags) !== "",
  );
  // Services of a model that mirror each other count alike at one virtual moment.
  const ofServices = isReal ? readings.filter((one) => source(one) !== "harness") : [];
  // Processes that mirror each other read and write the same, byte by byte. Those whom users ask
  // do not: each user draws.
  const probes = waits.filter((one) => source(one) === "prober");
  const entries = new Set(probes.map(({ tags }) => tags[entryTag]));
  const ofEntries = readings.filter(
    (one) => source(one) === "harness" && entries.has(tellerOf(one.tags)),
  );
  /** What one source says of one request by two names is no second witness. */
  const areTwo = (one: SeriesData, other: SeriesData): boolean =>
    one.metric === other.metric || source(one) !== source(other);
  const areSame = (one: SeriesData, other: SeriesData): boolean => one.metric === other.metric;
  const limitsOf = ({ first, second }: Alike): Limits => {
    const both = [source(first), source(second)];
    if (both.includes("prober")) return observed;
    if (both.includes("player") || !isReal) return dueAtOnce;
    return both.every((one) => observers.has(one)) ? observed : told;
  };
  const copies = [
    ...[...alikeAtOnce(waits, areTwo), ...alikeAtOnce(seen, areSame)].filter((pair) =>
      exceeds(pair, limitsOf(pair)),
    ),
    ...alikeAtOnce(ofServices, areCounterparts).filter((pair) => exceeds(pair, told)),
    ...alikeInOrder(ofEntries, ofEntries, areCounterparts).filter((pair) =>
      exceeds(pair, readInOneGo),
    ),
    ...alikeInOrder(isReal ? probes : [], waits, areTwo).filter((pair) => exceeds(pair, shifted)),
  ];
  return answer("witnesses.copied", factsOf(copies), { samples: run.series.length });
}

function exceeds({ first, second, shared, values }: Alike, { share, different }: Limits): boolean {
  const least = Math.min(first.values.length, second.values.length);
  return shared > Math.max(sharedMin, share * least) && values.size >= different;
}

/** Who told it; empty where its tags name nobody. A link is none: one sender may use two alike. */
function tellerOf(tags: Tags): string {
  return tags["service"] ?? tags[entryTag] ?? tags["pipeline"] ?? "";
}

/** The same of two tellers: whatever else their tags say is equal. */
function areCounterparts(one: SeriesData, other: SeriesData): boolean {
  if (one.metric !== other.metric || tellerOf(one.tags) === tellerOf(other.tags)) return false;
  const rest = ({ tags }: SeriesData): string =>
    JSON.stringify(
      Object.entries(tags)
        .filter(([, value]) => value !== tellerOf(tags))
        .sort(),
    );
  return rest(one) === rest(other);
}

/** Each pair once, whichever way it was found. */
function factsOf(pairs: readonly Alike[]): Copied[] {
  const facts = new Map<string, Copied>();
  for (const { first, second, shared } of pairs) {
    const [one, other] = [nameOf(first), nameOf(second)];
    const key = [one, other].sort().join(" = ");
    if (facts.has(key)) continue;
    const samples = Math.min(first.values.length, second.values.length);
    facts.set(key, { fact: "copied", one, other, shared: Math.min(shared, samples), samples });
  }
  const all = [...facts.values()];
  return all.length <= problemsMax
    ? all
    : [...all.slice(0, problemsMax), { fact: "more", problems: all.length - problemsMax }];
}

function nameOf({ metric, tags }: SeriesData): string {
  const of = Object.values(tags).join(", ");
  return of === "" ? metric : `${metric} of ${of}`;
}
