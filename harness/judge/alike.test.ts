import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesData } from "../metrics/samples.ts";
import { alikeAtOnce, alikeInOrder } from "./alike.ts";

const series = (name: string, samples: readonly (readonly [number, number])[]): SeriesData => ({
  metric: "m",
  kind: "event",
  tags: { of: name },
  atMs: Float64Array.from(samples, ([atMs]) => atMs),
  values: Float64Array.from(samples, ([, value]) => value),
});
const any = (): boolean => true;
/** Unique moments. */
const samples = fc.uniqueArray(
  fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 1e6 })),
  { selector: ([atMs]) => atMs, minLength: 3, maxLength: 50 },
);

describe("samples at the same moments", () => {
  it("match completely for a copy, in whatever order it is written", () => {
    fc.assert(
      fc.property(samples, (all) => {
        const [pair] = alikeAtOnce([series("a", all), series("b", all.toReversed())], any);
        expect(pair?.shared).toBe(all.length);
        expect(pair?.values).toEqual(new Set(all.map(([, value]) => value)));
      }),
    );
  });

  it("do not match if every moment or every value differs", () => {
    fc.assert(
      fc.property(samples, (all) => {
        const later = all.map(([atMs, value]) => [atMs + 0.5, value] as const);
        const more = all.map(([atMs, value]) => [atMs, value + 0.5] as const);
        for (const other of [later, more])
          expect(alikeAtOnce([series("a", all), series("b", other)], any)).toEqual([]);
      }),
    );
  });

  it("are counted at some moments only if there are very many", () => {
    const many = Array.from({ length: 150_000 }, (_, at) => [at + 0.001 * (at % 7), at] as const);
    const [pair] = alikeAtOnce([series("a", many), series("b", many)], any);
    expect(pair?.shared).toBeGreaterThan(0.9 * many.length);
    expect(pair?.values.size).toBeLessThan(0.6 * many.length);
  });
});

describe("values in the same order", () => {
  it("match completely for a copy of another time", () => {
    fc.assert(
      fc.property(samples, (all) => {
        const sorted = all.toSorted(([a], [b]) => a - b);
        const later = sorted.map(([atMs, value]) => [atMs + 7, value] as const);
        const rows = sorted.slice(2).filter(([, value], at) => {
          const before = [sorted[at]?.[1], sorted[at + 1]?.[1]];
          return before.some((one) => one !== value);
        });
        const found = alikeInOrder([series("a", all)], [series("b", later)], any);
        expect(found[0]?.shared ?? 0).toBe(rows.length);
      }),
    );
  });

  it("do not match for a constant, or for series that must not be compared", () => {
    const dull = [1, 2, 3, 4, 5].map((atMs) => [atMs, 10] as const);
    const lively = [1, 2, 3, 4, 5].map((atMs) => [atMs, atMs] as const);
    expect(alikeInOrder([series("a", dull)], [series("b", dull)], any)).toEqual([]);
    expect(alikeInOrder([series("a", lively)], [series("b", lively)], () => false)).toEqual([]);
    expect(alikeInOrder([series("a", lively)], [series("b", lively)], any)[0]?.shared).toBe(3);
  });
});
