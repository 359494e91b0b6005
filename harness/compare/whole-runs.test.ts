import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prng } from "../base/prng.ts";
import { chanceOfSplit, enoughRuns, runsToShow } from "./enough-runs.ts";
import { fisher, holm } from "./fisher.ts";
import { studentQuantile } from "./student.ts";
import { testRuns } from "./whole-runs.ts";
import {
  alarmsMost,
  alarmsOverRuns,
  sidesOfRuns,
} from "../../test/support/compare/false-alarms.ts";
import { times } from "../../test/support/thorough.ts";

const pairs = times(12);

const of = (a: readonly number[], b: readonly number[]) => ({ values: [...a, ...b], spreadMin: 0 });
const sides = (ofA: number, ofB: number): boolean[] => [
  ...new Array<boolean>(ofA).fill(false),
  ...new Array<boolean>(ofB).fill(true),
];
const options = (level = 0.02) => ({ level, random: prng(1) });

describe("the whole-run test", () => {
  it("is the permutation test for large sides: one of 252 ways, and its mirror", () => {
    const [tested] = testRuns([of([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])], sides(5, 5), options(0.05));
    expect(tested?.p).toBeCloseTo(2 / 252, 12);
    // 1 + 2 + 3 + 4 + 10 = 20: the number of the 252 ways whose sum is at least as far from 27.5.
    const [middling] = testRuns(
      [of([1, 2, 3, 4, 10], [5, 6, 7, 8, 9])],
      sides(5, 5),
      options(0.05),
    );
    expect(middling?.p).toBeCloseTo(countedByHand(), 12);
  });

  it("is Student's t for small sides and one figure", () => {
    // scipy 1.17.1, stats.ttest_ind([1, 2, 3], [4, 5, 6.5]): t = -3.4125, p = 0.02697.
    const [tested] = testRuns([of([1, 2, 3], [4, 5, 6.5])], sides(3, 3), options());
    expect(Math.abs((tested?.p ?? 0) - 0.02697)).toBeLessThan(0.012);
    expect(tested?.excess).toBeCloseTo(5.1667 - 2, 4);
  });

  it("costs correlated figures the error share of one", () => {
    const [a, b] = [
      [1, 2, 3],
      [7, 8, 9.5],
    ];
    const alone = testRuns([of(a, b)], sides(3, 3), options())[0]?.p ?? 0;
    const twenty = testRuns(
      Array.from({ length: 20 }, () => of(a, b)),
      sides(3, 3),
      options(),
    );
    expect(twenty[0]?.p).toBe(alone);
  });

  it("returns the smallest detectable excess", () => {
    for (const [ofA, ofB] of [
      [3, 3],
      [6, 6],
      [1, 8],
    ] as const) {
      const random = prng(4);
      const noise = Array.from({ length: ofA + ofB }, () => random());
      const level = 0.03;
      const shifted = (by: number) =>
        testRuns(
          [{ values: noise.map((value, run) => value + (run < ofA ? 0 : by)), spreadMin: 0 }],
          sides(ofA, ofB),
          options(level),
        )[0];
      const { smallest, excess } = shifted(0) as { smallest: number; excess: number };
      expect(smallest).toBeGreaterThan(0);
      expect(shifted(smallest * 1.1 - excess)?.p).toBeLessThan(level);
      if (ofA === 3) expect(shifted(smallest * 0.8 - excess)?.p).toBeGreaterThan(level);
    }
  });

  it("does not treat runs as equal because they share a bin", () => {
    const small = (spreadMin: number) =>
      testRuns([{ values: [0, 0, 0, 0.02, 0.02, 0.02], spreadMin }], sides(3, 3), options())[0]
        ?.p ?? 0;
    expect(small(0)).toBeLessThan(0.001);
    expect(small(0.01)).toBeGreaterThan(0.02);
  });

  it("has p values in [0, 1] that do not depend on side, scale or shift", () => {
    const value = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.array(value, { minLength: 12, maxLength: 12 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0.5, 2, 1024),
        (ofA, ofB, lists, scale) => {
          const figures = lists.map((list) => ({ values: list.slice(0, ofA + ofB), spreadMin: 0 }));
          const p = testRuns(figures, sides(ofA, ofB), options()).map((one) => one.p);
          for (const one of p) expect(one >= 0 && one <= 1).toBe(true);
          const other = testRuns(
            figures,
            sides(ofA, ofB).map((is) => !is),
            options(),
          );
          expect(other.map((one) => one.p)).toEqual(p);
          const bent = testRuns(
            figures.map(({ values }) => ({
              values: values.map((one) => one * scale),
              spreadMin: 0,
            })),
            sides(ofA, ofB),
            options(),
          );
          bent.forEach((one, index) => {
            expect(one.p).toBeCloseTo(p[index] as number, 2);
          });
        },
      ),
      { numRuns: times(10) },
    );
  }, 60_000);

  it.each(sidesOfRuns)(
    "errs no more often than its level, over all figures: %i runs against %i",
    (ofA, ofB) => {
      expect(alarmsOverRuns(pairs, ofA, ofB)).toBeLessThanOrEqual(alarmsMost(pairs));
    },
  );
});

/** Of the ways to choose five of ten numbers, those whose sum is as far from the mean as 20 is. */
function countedByHand(): number {
  let [all, far] = [0, 0];
  for (let mask = 0; mask < 1024; mask++) {
    const chosen = Array.from({ length: 10 }, (_, bit) => ((mask >> bit) & 1 ? bit + 1 : 0));
    if (chosen.filter((value) => value > 0).length !== 5) continue;
    all++;
    if (Math.abs(chosen.reduce((sum, value) => sum + value, 0) - 27.5) >= 7.5) far++;
  }
  return far / all;
}

describe("the required number of runs", () => {
  it("is large enough that a chance split is rare", () => {
    expect(chanceOfSplit(1, 1)).toBeCloseTo(0.5, 3);
    expect(chanceOfSplit(2, 2)).toBeCloseTo(0.125, 4);
    expect(chanceOfSplit(3, 3)).toBeCloseTo(1 / 32, 5);
    const enough = (a: number, b: number): boolean => enoughRuns(a, b, 0.05);
    expect(
      [
        [3, 3],
        [2, 4],
        [1, 7],
        [10, 1],
        [10, 10],
        [7, 1],
      ].map(([a = 0, b = 0]) => enough(a, b)),
    ).toEqual([true, true, true, true, true, true]);
    expect(
      [
        [1, 1],
        [1, 3],
        [3, 1],
        [2, 2],
        [2, 3],
        [1, 6],
        [0, 9],
      ].map(([a = 0, b = 0]) => enough(a, b)),
    ).toEqual([false, false, false, false, false, false, false]);
  });

  it("rises as the change gets smaller", () => {
    const runs = (times: number) =>
      runsToShow(Math.log(times), { spread: 0.1, level: 0.02, figures: 8 });
    expect([9, 2, 1.2, 1.01].map(runs)).toEqual([3, expect.any(Number), expect.any(Number), null]);
    expect(runs(2) as number).toBeLessThan(runs(1.2) as number);
  });
});

describe("the formulas", () => {
  it("match published values", () => {
    for (const [freedom, t] of [
      [1, 12.7062],
      [2, 4.3027],
      [3, 3.1824],
      [4, 2.7764],
      [8, 2.306],
      [9, 2.2622],
      [100, 1.984],
    ] as const)
      expect(studentQuantile(0.975, freedom)).toBeCloseTo(t, 3);
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    // Fisher's tea: four of eight cups, three of them right (The Design of Experiments, 1935):
    // 34/70.
    expect(fisher([3, 1], [1, 3])).toBeCloseTo(34 / 70, 12);
    // All right: 2/70. Three against three: 2/20. One of ten against none of three: 1.
    expect(
      [
        fisher([4, 0], [0, 4]),
        fisher([3, 0], [0, 3]),
        fisher([0, 3], [1, 9]),
        fisher([0, 0], [1, 2]),
      ].map((p) => Number(p.toFixed(12))),
    ).toEqual([Number((2 / 70).toFixed(12)), 0.1, 1, 1]);
    // 8 of 10 against 1 of 6; scipy 1.17.1, stats.fisher_exact([[8, 2], [1, 5]]): 0.034965.
    expect(fisher([8, 2], [1, 5])).toBeCloseTo(0.03497, 5);
  });
});
