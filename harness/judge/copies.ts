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
/** Journals tell whole milliseconds; each service is asked for its counters by itself. */
const told: Limits = { share: 0.25, different: 0 };
/**
 * The harness reads all processes in one go, so moments say nothing. Processes are alike where
 * they idle or mirror each other: on honest records in 29 % of their rows, with 7 different values.
 */
const readInOneGo: Limits = { share: 0.75, different: 10 };
/** Waits of others at other moments: to the microsecond, three in a row are never the same. */
const shifted: Limits = { share: 0.1, different: sharedMin };
const problemsMax = 3;

type Copied = FactOf<"witnesses.copied">;

export function noCopies(run: Run): Judged {
  const { metrics, substrate } = run.plan;
  const isReal = !isVirtual(substrate);
  const source = ({ metric }: SeriesData): string => sourceIn(metrics, metric);
  // In virtual time what is due at one moment begins at one moment, and nothing is late.
  const isMeant = ({ metric }: SeriesData): boolean =>
    isReal || metricIn(metrics, metric)?.ofHarness !== true;
  const waits = run.series.filter((one) => one.kind === "duration" && isMeant(one));
  const seen = run.series.filter((one) => one.kind === "event" && observers.has(source(one)));
  const readings = run.series.filter(
    ({ kind, tags }) => (kind === "increment" || kind === "gauge") && tellerOf(tags) !== "",
  );
  // Services of a model that mirror each other count alike at one virtual moment.
  const ofServices = isReal ? readings.filter((one) => source(one) !== "harness") : [];
  const ofProcesses = readings.filter((one) => source(one) === "harness");
  const probes = isReal ? waits.filter((one) => source(one) === "prober") : [];
  /** What one source says of one request by two names is no second witness. */
  const areTwo = (one: SeriesData, other: SeriesData): boolean =>
    one.metric === other.metric || source(one) !== source(other);
  const areSame = (one: SeriesData, other: SeriesData): boolean => one.metric === other.metric;
  const waitLimits = ({ first, second }: Alike): Limits =>
    observers.has(source(first)) && observers.has(source(second)) ? observed : told;
  const copies = [
    ...alikeAtOnce(waits, areTwo).filter((pair) => exceeds(pair, waitLimits(pair))),
    ...alikeAtOnce(seen, areSame).filter((pair) => exceeds(pair, observed)),
    ...alikeAtOnce(ofServices, areCounterparts).filter((pair) => exceeds(pair, told)),
    ...alikeInOrder(ofProcesses, ofProcesses, areCounterparts).filter((pair) =>
      exceeds(pair, readInOneGo),
    ),
    ...alikeInOrder(probes, waits, areTwo).filter((pair) => exceeds(pair, shifted)),
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
    facts.set(key, { fact: "copied", one, other, shared, samples });
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
