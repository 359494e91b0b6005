/** Finds the common samples of two series; `copies.ts` decides how many are too many. */
import type { SeriesData } from "../metrics/samples.ts";
import { inTime } from "./in-time.ts";

/** Two series, and the number of samples of the shorter one that occur in the other. */
export interface Alike {
  readonly first: SeriesData;
  readonly second: SeriesData;
  readonly shared: number;
  /** The distinct values of these samples. */
  readonly values: ReadonlySet<number>;
}

/** Whether two series must be independent of each other. */
type Comparable = (one: SeriesData, other: SeriesData) => boolean;

/** Above this number of samples, only some moments are compared, the same in all series. */
const comparedMax = 200_000;
/** A run of this many equal successive values is no chance, even if the values repeat. */
const rowLength = 3;

/** Samples with the same microsecond and the same value. */
export function alikeAtOnce(all: readonly SeriesData[], comparable: Comparable): Alike[] {
  const pairs = new Pairs(all, comparable);
  const stride = Math.ceil(all.reduce((sum, { values }) => sum + values.length, 0) / comparedMax);
  const places = new Map<number, number[]>();
  all.forEach(({ atMs, values }, index) => {
    for (let at = 0; at < atMs.length; at++) {
      const atUs = Math.round(1_000 * (atMs[at] as number));
      if (atUs % stride !== 0) continue;
      const value = values[at] as number;
      const here = places.get(atUs);
      if (here === undefined) {
        places.set(atUs, [index, value]);
        continue;
      }
      for (let place = 0; place < here.length; place += 2)
        if (here[place + 1] === value) pairs.add(here[place] as number, index, stride, value);
      here.push(index, value);
    }
  });
  return pairs.list();
}

/**
 * Samples whose value and its two predecessors also occur in sequence in a series of `all`, at any
 * moments: a copy of another time. Runs of a single value do not count.
 */
export function alikeInOrder(
  some: readonly SeriesData[],
  all: readonly SeriesData[],
  comparable: Comparable,
): Alike[] {
  const whole = [...new Set([...some, ...all])];
  const pairs = new Pairs(whole, comparable);
  /** By the values of each run, the last one first: the series that contain it. */
  const rows = new Map<number, Map<number, Map<number, Set<number>>>>();
  some.forEach((one, index) => {
    eachRow(valuesInTime(one), (last, before, first) => {
      const ending = made(rows, last, () => new Map<number, Map<number, Set<number>>>());
      const within = made(ending, before, () => new Map<number, Set<number>>());
      made(within, first, () => new Set<number>()).add(index);
    });
  });
  whole.forEach((one, index) => {
    eachRow(valuesInTime(one), (last, before, first) => {
      const found = rows.get(last)?.get(before)?.get(first);
      if (found === undefined) return;
      // If both series of a pair of `some` contain the run, one of them suffices.
      for (const other of found) if (other < index) pairs.add(other, index, 1, last);
    });
  });
  return pairs.list();
}

function made<V>(map: Map<number, V>, key: number, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}

function eachRow(
  values: Float64Array,
  visit: (last: number, before: number, first: number) => void,
): void {
  // Plain comparisons, because a run has millions of samples. `equals`: how many precede `at`.
  for (let at = 1, equals = 0; at < values.length; at++) {
    equals = values[at] === values[at - 1] ? equals + 1 : 0;
    if (at < rowLength - 1 || equals >= rowLength - 1) continue;
    visit(values[at] as number, values[at - 1] as number, values[at - 2] as number);
  }
}

class Pairs {
  readonly #all: readonly SeriesData[];
  readonly #comparable: Comparable;
  readonly #found = new Map<number, { shared: number; readonly values: Set<number> } | null>();

  constructor(all: readonly SeriesData[], comparable: Comparable) {
    this.#all = all;
    this.#comparable = comparable;
  }

  add(one: number, other: number, shared: number, value: number): void {
    const key = one * this.#all.length + other;
    let pair = this.#found.get(key);
    if (pair === undefined) {
      const isMeant =
        one !== other &&
        this.#comparable(this.#all[one] as SeriesData, this.#all[other] as SeriesData);
      pair = isMeant ? { shared: 0, values: new Set() } : null;
      this.#found.set(key, pair);
    }
    if (pair === null) return;
    pair.shared += shared;
    pair.values.add(value);
  }

  list(): Alike[] {
    return [...this.#found].flatMap(([key, pair]) =>
      pair === null
        ? []
        : [
            {
              first: this.#all[Math.floor(key / this.#all.length)] as SeriesData,
              second: this.#all[key % this.#all.length] as SeriesData,
              ...pair,
            },
          ],
    );
  }
}

function valuesInTime({ atMs, values }: SeriesData): Float64Array {
  const order = inTime(atMs);
  return values.map((_, place) => values[order[place] as number] as number);
}
