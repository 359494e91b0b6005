/**
 * Two witnesses count as two only if each observed something itself. Series that share most of
 * their moments and values, or the order of their values, are one observation recorded twice. What
 * the other witness would have observed is then unknown.
 */
import { metricIn, sourceIn } from "../metrics/metrics.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { entryTag, type Tags } from "../metrics/tags.ts";
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import { isVirtual } from "../record/substrates.ts";
import type { Judged } from "../record/verdict.ts";
import { type Alike, alikeAtOnce, alikeInOrder } from "./alike.ts";
import { answer, firstOf } from "./answer.ts";

/** Each of their samples is an observation with its own moment, to the microsecond. */
const observers: ReadonlySet<string> = new Set(["generator", "prober", "player"]);
const sharedMin = 5;

/** Limits above which two series are too much alike, relative to the shorter one. */
interface Limits {
  /** The fraction of its samples that also occur in the other series. */
  readonly share: number;
  /** The number of distinct values among them. */
  readonly different: number;
}
/** Two honest series of 10 000 samples per second share 1 % of their microseconds. */
const observed: Limits = { share: 0.1, different: 0 };
/** A pack reads whole milliseconds, and reads each service's counters separately. */
const reported: Limits = { share: 0.25, different: 0 };
/**
 * In virtual time, everything that is due at one moment begins exactly then. Two loads share 25 %
 * of their samples there, and so do all of the harness's own. Players are sampled together.
 */
const dueAtOnce: Limits = { share: 0.5, different: 10 };
/** The harness reads all processes together, so their moments are no evidence. */
const readInOneGo: Limits = { share: 0.75, different: 10 };
/** Waits at different moments: to the microsecond, three in a row are never equal. */
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
  // Mirrored services of a model have equal counts at one virtual moment.
  const ofServices = isReal ? readings.filter((one) => source(one) !== "harness") : [];
  // Mirrored processes read and write the same bytes. Entry services do not, because each user
  // draws at random.
  const probes = waits.filter((one) => source(one) === "prober");
  const entries = new Set(probes.map(({ tags }) => tags[entryTag]));
  const ofEntries = readings.filter(
    (one) => source(one) === "harness" && entries.has(tellerOf(one.tags)),
  );
  /** Two names for what one source reports about one request are no second witness. */
  const areTwo = (one: SeriesData, other: SeriesData): boolean =>
    one.metric === other.metric || source(one) !== source(other);
  const areSame = (one: SeriesData, other: SeriesData): boolean => one.metric === other.metric;
  const limitsOf = ({ first, second }: Alike): Limits => {
    const both = [source(first), source(second)];
    if (both.includes("prober")) return observed;
    if (both.includes("player") || !isReal) return dueAtOnce;
    return both.every((one) => observers.has(one)) ? observed : reported;
  };
  const copies = [
    ...[...alikeAtOnce(waits, areTwo), ...alikeAtOnce(seen, areSame)].filter((pair) =>
      exceeds(pair, limitsOf(pair)),
    ),
    ...byQuantity(ofServices)
      .flatMap((all) => alikeAtOnce(all, haveTwoTellers))
      .filter((pair) => exceeds(pair, reported)),
    ...byQuantity(ofEntries)
      .flatMap((all) => alikeInOrder(all, all, haveTwoTellers))
      .filter((pair) => exceeds(pair, readInOneGo)),
    ...alikeInOrder(isReal ? probes : [], waits, areTwo).filter((pair) => exceeds(pair, shifted)),
  ];
  return answer("witnesses.copied", factsOf(copies), { samples: run.series.length });
}

function exceeds({ first, second, shared, values }: Alike, { share, different }: Limits): boolean {
  const least = Math.min(first.values.length, second.values.length);
  return shared > Math.max(sharedMin, share * least) && values.size >= different;
}

/**
 * The source; empty if its tags name none. A link does not count as one: a sender may use two in
 * the same way.
 */
function tellerOf(tags: Tags): string {
  return tags["service"] ?? tags[entryTag] ?? tags["pipeline"] ?? "";
}

/** The same quantity has the same metric, and the same tags beside its source. */
function quantityOf({ metric, tags }: SeriesData): string {
  const source = tellerOf(tags);
  const rest = Object.entries(tags).filter(([, value]) => value !== source);
  return JSON.stringify([metric, rest.sort()]);
}

/** Only series of one quantity are compared: a service exposes hundreds at the same moments. */
function byQuantity(all: readonly SeriesData[]): readonly (readonly SeriesData[])[] {
  return [...Map.groupBy(all, quantityOf).values()];
}

function haveTwoTellers(one: SeriesData, other: SeriesData): boolean {
  return tellerOf(one.tags) !== tellerOf(other.tags);
}

/** Each pair once, in whichever direction it was found. */
function factsOf(pairs: readonly Alike[]): Copied[] {
  const facts = new Map<string, Copied>();
  for (const { first, second, shared } of pairs) {
    const [one, other] = [nameOf(first), nameOf(second)];
    const key = [one, other].sort().join(" = ");
    if (facts.has(key)) continue;
    const samples = Math.min(first.values.length, second.values.length);
    facts.set(key, { fact: "copied", one, other, shared: Math.min(shared, samples), samples });
  }
  return firstOf([...facts.values()], problemsMax);
}

function nameOf({ metric, tags }: SeriesData): string {
  const of = Object.values(tags).join(", ");
  return of === "" ? metric : `${metric} of ${of}`;
}
