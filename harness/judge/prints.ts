/**
 * What the prints of bodies say (`target/body.ts`): whether the same number always brought the
 * same bytes, other numbers others, and whether anybody was given another segment than the one
 * asked for. Linear in the looks but for their order in time.
 */
import { readPrint } from "../target/body.ts";
import type { FactOf } from "../record/facts.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";

/** A body that is another segment of the same rendition. */
export interface Misplaced {
  readonly atMs: number;
  readonly edge: string;
  readonly lane: string;
  readonly by: string;
}

export interface Prints {
  readonly misplaced: readonly Misplaced[];
  readonly problems: readonly FactOf<"bodies.segments">[];
}

/**
 * A segment may be replaced, once for each source that it has; bytes that come back after others
 * were there flap.
 */
const flapsShareMax = 0.01,
  flapsMin = 3;
/**
 * Slates look alike: of containers that carry no time of their own, this share may be bytes of
 * another number; of fMP4, which carries one, fewer than this many.
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
    ({ tags }) => tags["rendition"] ?? "",
  );
  const all = [...named].map(([name, series]) => printsOfRendition(run, name, series));
  return {
    misplaced: all.flatMap(({ misplaced }) => misplaced),
    problems: [...all.flatMap(({ problems }) => problems), ...twins(run, named)],
  };
}

/**
 * One instant under two names is not the same bytes, unless the target says that it is. Slates may
 * be, of containers that carry no time of their own: those show by how many there are.
 */
function twins(
  run: Run,
  named: ReadonlyMap<string, readonly SeriesData[]>,
): FactOf<"bodies.segments">[] {
  const declared = run.plan.stream?.renditions ?? [];
  const original = (name: string): string =>
    declared.find((one) => one.name === name)?.sameAs ?? name;
  const numbers = [...named].map(([name, series]) => ({ name, of: looksByNumber(series) }));
  return numbers.flatMap((one, index) =>
    numbers.slice(0, index).flatMap((other): FactOf<"bodies.segments">[] => {
      if (original(one.name) === original(other.name)) return [];
      const both = [...one.of.keys()].filter((number) => other.of.has(number));
      const alike = both.filter((number) => {
        const digests = new Set(other.of.get(number)?.map(({ digest }) => digest));
        return one.of.get(number)?.some(({ digest }) => digests.has(digest)) === true;
      });
      const boxes = alike.filter((number) => one.of.get(number)?.[0]?.container === "fmp4").length;
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

function printsOfRendition(run: Run, rendition: string, series: readonly SeriesData[]): Prints {
  const numbers = looksByNumber(series);
  const usual = new Map([...numbers].map(([number, looks]) => [number, mostCommon(looks)]));
  const numberOf = new Map([...usual].map(([number, digest]) => [digest, number]));
  const misplaced = [...numbers].flatMap(([number, looks]) =>
    looks.filter(
      ({ digest }) => digest !== usual.get(number) && (numberOf.get(digest) ?? number) !== number,
    ),
  );
  const problems = [...same(rendition, numbers, usual)];
  // Where a checksum says what each copy should be, two sources may take turns.
  if (run.plan.stream?.digestHeader === undefined) problems.push(...flaps(rendition, numbers));
  return { misplaced, problems };
}

function looksByNumber(series: readonly SeriesData[]): ReadonlyMap<number, readonly Look[]> {
  const numbers = new Map<number, Look[]>();
  for (const { tags, atMs, values } of series) {
    const { edge = "", lane = "", by = "", container = "unknown" } = tags;
    for (let index = 0; index < values.length; index++) {
      const { number, digest } = readPrint(values[index] as number);
      const look = { atMs: atMs[index] as number, edge, lane, by, container, digest };
      const known = numbers.get(number);
      if (known === undefined) numbers.set(number, [look]);
      else known.push(look);
    }
  }
  return numbers;
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
 * Numbers that are the bytes of another one: the one before, or any that a target plays again and
 * again.
 */
function same(
  rendition: string,
  numbers: ReadonlyMap<number, readonly Look[]>,
  usual: ReadonlyMap<number, number>,
): FactOf<"bodies.segments">[] {
  const first = new Map<number, number>();
  const again = [...usual].filter(
    ([number, digest]) => first.get(digest) !== undefined || !first.set(digest, number),
  );
  const boxes = again.filter(([number]) => numbers.get(number)?.[0]?.container === "fmp4").length;
  if (boxes < sameBoxesMin && (usual.size <= pairsMin || again.length <= sameShareMax * usual.size))
    return [];
  return [{ fact: "same-bytes", variant: rendition, same: again.length, numbers: usual.size }];
}

/** Bytes of one number at one edge that come back after others were there: A, B, A. */
function flaps(
  rendition: string,
  numbers: ReadonlyMap<number, readonly Look[]>,
): FactOf<"bodies.segments">[] {
  let [looks, back] = [0, 0];
  for (const all of numbers.values()) {
    for (const own of Map.groupBy(all, ({ edge }) => edge).values()) {
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
    : [{ fact: "flaps", variant: rendition, times: back, looks }];
}
