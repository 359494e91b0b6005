import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prng } from "./prng.ts";
import { chanceBeyond, quantile, sum, tailsOfStrata } from "./statistics.ts";

/** `+ 0` turns −0 into 0, which is the same value. */
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const q = fc.constantFrom(0.5, 0.95, 0.99, 1, 0.001);
const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

/**
 * By definition: the smallest value such that at least `q` of all values are no larger. In whole
 * thousandths, so that nothing is rounded.
 */
function naive(values: readonly number[], at: number): number | null {
  const thousandths = Math.round(at * 1_000);
  const candidates = values.filter(
    (value) =>
      values.filter((other) => other <= value).length * 1_000 >= thousandths * values.length,
  );
  return candidates.length === 0 ? null : Math.min(...candidates);
}

describe("quantile", () => {
  it("is the nearest rank by definition", () => {
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

  it("treats unseen values as infinite", () => {
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

  it("returns null for no values", () => {
    expect(quantile(new Float64Array(), 0.5)).toBeNull();
  });
});

describe("sum", () => {
  it("keeps small increments next to a large value", () => {
    expect(sum([1e9, ...Array<number>(100_000).fill(1e-8)])).toBeCloseTo(1e9 + 1e-3, 7);
    expect(sum([])).toBe(0);
  });
});

describe("tails of strata", () => {
  const choose = (n: number, k: number): number =>
    k < 0 || k > n ? 0 : k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k;
  const stratum = fc
    .record({
      all: fc.nat(12),
      probes: fc.nat(4),
      good: fc.nat(100),
      goodProbes: fc.nat(100),
    })
    .map(({ all, probes, good, goodProbes }) => ({
      all,
      probes,
      bad: all - (good % (all + 1)),
      probesBad: probes - (goodProbes % (probes + 1)),
    }));

  it("match enumerated draws without replacement", () => {
    fc.assert(
      fc.property(stratum, ({ bad, all, probes, probesBad }) => {
        const every = bad + probesBad;
        const at = (count: number): number =>
          (choose(probes, count) * choose(all, every - count)) / choose(all + probes, every);
        const counts = Array.from({ length: probes + 1 }, (_, count) => count);
        const { atLeast, atMost } = tailsOfStrata([{ bad, all, probes, probesBad }]);
        expect(atLeast).toBeCloseTo(sum(counts.filter((one) => one >= probesBad).map(at)), 9);
        expect(atMost).toBeCloseTo(sum(counts.filter((one) => one <= probesBad).map(at)), 9);
      }),
    );
  });

  it("share only the probability of the observed count", () => {
    fc.assert(
      fc.property(fc.array(stratum, { minLength: 1, maxLength: 6 }), (strata) => {
        const { atLeast, atMost } = tailsOfStrata(strata);
        expect(atLeast + atMost).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
    );
  });

  it("reject honest witnesses no more often than their level", () => {
    const random = prng(7);
    const runs = 2_000;
    let doubted = 0;
    for (let run = 0; run < runs; run++) {
      const strata = Array.from({ length: 10 }, () => {
        // A simulated outage of any length, which fails every request that starts in it.
        const share = random() < 0.5 ? 0 : random() ** 3;
        const badOf = (count: number): number =>
          Array.from({ length: count }, random).filter((one) => one < share).length;
        return { bad: badOf(20), all: 20, probes: 2, probesBad: badOf(2) };
      });
      if (tailsOfStrata(strata).atLeast < 0.05) doubted++;
    }
    expect(doubted / runs).toBeLessThan(0.05);
  });

  it("are upper bounds above 500 probes", () => {
    const some = { bad: 1, all: 20, probes: 2, probesBad: 0 };
    const many = (strata: number): number =>
      tailsOfStrata(
        Array.from({ length: strata }, (_, index) => ({
          ...some,
          probesBad: index % 3 === 0 ? 1 : 0,
        })),
      ).atLeast;
    expect(many(250)).toBeLessThan(many(252));
    expect(many(1_000)).toBeLessThan(1e-3);
  });
});

describe("chanceBeyond", () => {
  it("matches the binomial distribution", () => {
    expect(chanceBeyond(10, 10, 0.5)).toBeCloseTo(2 / 1_024, 12);
    expect(chanceBeyond(5, 10, 0.5)).toBe(1);
    expect(chanceBeyond(9, 10, 0.5)).toBeCloseTo((2 * 11) / 1_024, 12);
  });

  it("is an upper bound for many draws, and small only far from the mean", () => {
    expect(chanceBeyond(2_600, 5_000, 0.5)).toBeGreaterThan(1e-3);
    expect(chanceBeyond(3_000, 5_000, 0.5)).toBeLessThan(1e-9);
    expect(chanceBeyond(3, 3, 1)).toBe(1);
    expect(chanceBeyond(2, 3, 1)).toBe(0);
  });
});
