/**
 * Checks the prints of bodies (`metrics/print.ts`). The same number must always have the same
 * bytes, and different numbers different bytes. A body must also belong to the requested number.
 * Linear in the observations, except for sorting by time.
 */
import { readPrint } from "../metrics/print.ts";
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { entryTag } from "../metrics/tags.ts";

/** A body that belongs to another number of the same variant. */
export interface Misplaced {
  readonly atMs: number;
  readonly entry: string;
  readonly lane: string;
  readonly by: string;
}

export interface Prints {
  readonly misplaced: readonly Misplaced[];
  readonly problems: readonly FactOf<"bodies.right">[];
}

/** A body may be replaced, once per source. Bytes that return after others count as flapping. */
const flapsShareMax = 0.01,
  flapsMin = 3;
/**
 * Slates look alike. In containers without an embedded time, this share of bodies may repeat
 * another number; with one, fewer than this many.
 */
const sameShareMax = 0.9,
  pairsMin = 4,
  sameBoxesMin = 3;

interface Look extends Misplaced {
  readonly digest: number;
  readonly container: string;
}

export function printsOf(run: Run, seen: readonly SeriesData[]): Prints {
  const named = Map.groupBy(
    seen.filter(({ tags }) => tags["problem"] === "none"),
    ({ tags }) => tags[run.plan.bodies?.variantTag ?? ""] ?? "",
  );
  const all = [...named].map(([name, series]) => printsOfVariant(run, name, series));
  return {
    misplaced: all.flatMap(({ misplaced }) => misplaced),
    problems: [...all.flatMap(({ problems }) => problems), ...equalVariants(run, named)],
  };
}

/**
 * One instant under two names must have different bytes, unless the target declares them equal.
 * Slates in containers without an embedded time may be equal; their number identifies them.
 */
function equalVariants(
  run: Run,
  named: ReadonlyMap<string, readonly SeriesData[]>,
): FactOf<"bodies.right">[] {
  const { variants = {} } = run.plan.bodies ?? {};
  const original = (name: string): string => variants[name]?.sameAs ?? name;
  const numbers = [...named].map(([name, series]) => ({ name, of: looksByNumber(series) }));
  return numbers.flatMap((one, index) =>
    numbers.slice(0, index).flatMap((other): FactOf<"bodies.right">[] => {
      if (original(one.name) === original(other.name)) return [];
      const both = [...one.of.keys()].filter((number) => other.of.has(number));
      const alike = both.filter((number) => {
        const digests = new Set(other.of.get(number)?.map(({ digest }) => digest));
        return one.of.get(number)?.some(({ digest }) => digests.has(digest)) === true;
      });
      const boxes = alike.filter((number) => isTimed(run, one.of.get(number))).length;
      return boxes < sameBoxesMin &&
        (both.length <= pairsMin || alike.length <= sameShareMax * both.length)
        ? []
        : [
            {
              fact: "same-as",
              variant: one.name,
              other: other.name,
              same: alike.length,
              numbers: both.length,
            },
          ];
    }),
  );
}

function printsOfVariant(run: Run, variant: string, series: readonly SeriesData[]): Prints {
  const numbers = looksByNumber(series);
  const usual = new Map([...numbers].map(([number, looks]) => [number, mostCommon(looks)]));
  const numberOf = new Map([...usual].map(([number, digest]) => [digest, number]));
  const misplaced = [...numbers].flatMap(([number, looks]) =>
    looks.filter(
      ({ digest }) => digest !== usual.get(number) && (numberOf.get(digest) ?? number) !== number,
    ),
  );
  const problems = [...same(run, variant, numbers, usual)];
  // If a checksum identifies each correct copy, two sources may alternate.
  if (run.plan.bodies?.checksums !== true) problems.push(...flaps(variant, numbers));
  return { misplaced, problems };
}

function looksByNumber(series: readonly SeriesData[]): ReadonlyMap<number, readonly Look[]> {
  const numbers = new Map<number, Look[]>();
  for (const { tags, atMs, values } of series) {
    const { [entryTag]: entry = "", lane = "", by = "", container = "unknown" } = tags;
    for (let index = 0; index < values.length; index++) {
      const { number, digest } = readPrint(values[index] as number);
      const look = { atMs: atMs[index] as number, entry, lane, by, container, digest };
      const known = numbers.get(number);
      if (known === undefined) numbers.set(number, [look]);
      else known.push(look);
    }
  }
  return numbers;
}

/** Its container embeds a time. */
function isTimed({ plan }: Run, looks: readonly Look[] | undefined): boolean {
  return plan.bodies?.timed.includes(looks?.[0]?.container ?? "") === true;
}

function mostCommon(looks: readonly Look[]): number {
  const counts = new Map<number, number>();
  for (const { digest } of looks) counts.set(digest, (counts.get(digest) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), [Number.NaN, 0] as [
    number,
    number,
  ])[0];
}

/**
 * Numbers with the bytes of another one: the previous one, or one that the target plays repeatedly.
 */
function same(
  run: Run,
  variant: string,
  numbers: ReadonlyMap<number, readonly Look[]>,
  usual: ReadonlyMap<number, number>,
): FactOf<"bodies.right">[] {
  const first = new Map<number, number>();
  const again = [...usual].filter(
    ([number, digest]) => first.get(digest) !== undefined || !first.set(digest, number),
  );
  const boxes = again.filter(([number]) => isTimed(run, numbers.get(number))).length;
  if (boxes < sameBoxesMin && (usual.size <= pairsMin || again.length <= sameShareMax * usual.size))
    return [];
  return [{ fact: "same-bytes", variant, same: again.length, numbers: usual.size }];
}

/** Bytes of one number at one entry that return after others: A, B, A. */
function flaps(
  variant: string,
  numbers: ReadonlyMap<number, readonly Look[]>,
): FactOf<"bodies.right">[] {
  let [looks, back] = [0, 0];
  for (const all of numbers.values()) {
    for (const own of Map.groupBy(all, ({ entry }) => entry).values()) {
      const digests = own.toSorted((a, b) => a.atMs - b.atMs).map(({ digest }) => digest);
      const changes = digests.filter(
        (digest, index) => index > 0 && digest !== digests[index - 1],
      ).length;
      looks += digests.length;
      back += Math.max(0, changes - (new Set(digests).size - 1));
    }
  }
  return back < flapsMin || back <= flapsShareMax * looks
    ? []
    : [{ fact: "flaps", variant, times: back, looks }];
}
