import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantile, sum, tailsOfDraws } from "./statistics.ts";

/** Without minus zero, which is the same value. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const q = fc.constantFrom(0.5, 0.95, 0.99, 1, 0.001);
const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

/** By the definition: the smallest value such that at least `q` of all are no larger. In whole thousandths, so that nothing is rounded. */
function naive(values: readonly number[], at: number): number | null {
  const thousandths = Math.round(at * 1_000);
  const candidates = values.filter(
    (value) =>
      values.filter((other) => other <= value).length * 1_000 >= thousandths * values.length,
  );
  return candidates.length === 0 ? null : Math.min(...candidates);
}

describe("quantile", () => {
  it("is the nearest rank, as the definition says it", () => {
    fc.assert(
      fc.property(fc.array(number, { maxLength: 120 }), q, (values, at) => {
        expect(quantile(sorted(values), at)).toBe(naive(values, at));
      }),
    );
  });

  it("takes the exact rank where a product of fractions would overshoot", () => {
    for (const [at, numerator, denominator] of [
      [0.5, 1, 2],
      [0.95, 19, 20],
      [0.99, 99, 100],
    ] as const) {
      const all = Float64Array.from({ length: 4_000 }, (_, index) => index + 1);
      for (let count = 1; count <= all.length; count++) {
        const ranks = all.subarray(0, count);
        const rank = Math.floor((numerator * count + denominator - 1) / denominator);
        if (quantile(ranks, at) !== rank)
          expect(quantile(ranks, at), `q ${at} of ${count}`).toBe(rank);
      }
    }
  });

  it("is what it would be had the unseen values been infinite", () => {
    fc.assert(
      fc.property(
        fc.array(number, { maxLength: 60 }),
        q,
        fc.nat({ max: 60 }),
        fc.nat({ max: 60 }),
        (values, at, above, below) => {
          const all = sorted([
            ...values,
            ...Array<number>(above).fill(Number.POSITIVE_INFINITY),
            ...Array<number>(below).fill(Number.NEGATIVE_INFINITY),
          ]);
          expect(quantile(sorted(values), at, above, below)).toBe(quantile(all, at));
        },
      ),
    );
  });

  it("has no value without values", () => {
    expect(quantile(new Float64Array(), 0.5)).toBeNull();
  });
});

describe("sum", () => {
  it("loses no small increments beside a large one", () => {
    expect(sum([1e9, ...Array<number>(100_000).fill(1e-8)])).toBeCloseTo(1e9 + 1e-3, 7);
    expect(sum([])).toBe(0);
  });
});

describe("draws of populations", () => {
  it("are as likely as Pólya's urn says", () => {
    // Of one seen, which was good: the first of two is bad once in three times, the next once in two.
    const { atLeast, atMost } = tailsOfDraws([{ bad: 0, all: 1, probes: 2 }], 2);
    expect(atLeast).toBeCloseTo(1 / 6, 12);
    expect(atMost).toBeCloseTo(1, 12);
    const one = { bad: 0, all: 1, probes: 1 };
    expect(tailsOfDraws([one, one], 2).atLeast).toBeCloseTo(1 / 9, 12);
  });

  it("are bounded from above where there are too many of them", () => {
    const one = { bad: 1, all: 20, probes: 2 };
    const many = (populations: number): number =>
      tailsOfDraws(Array(populations).fill(one), Math.round(populations * 0.3)).atLeast;
    expect(many(250)).toBeLessThan(many(251));
    expect(many(1_000)).toBeLessThan(1e-3);
  });
});
