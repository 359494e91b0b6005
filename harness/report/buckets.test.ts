import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SampleKind, SeriesData } from "../metrics/samples.ts";
import {
  bucketQuantileOf,
  count,
  gridOf,
  growth,
  happened,
  highest,
  peak,
  quantileOf,
  rate,
  restOf,
  shareOf,
  windowsOf,
} from "./buckets.ts";

function series(kind: SampleKind, samples: readonly (readonly [number, number])[]): SeriesData {
  return {
    metric: "m",
    kind,
    tags: {},
    atMs: Float64Array.from(samples, ([at]) => at),
    values: Float64Array.from(samples, ([, value]) => value),
  };
}

describe("the grid", () => {
  test("is aligned to its zero, has buckets of whole segments, and covers the run", () => {
    const grid = gridOf(100_000, 95_500, 130_200, 2000);
    expect([grid.firstMs, grid.widthMs, grid.count]).toEqual([94_000, 2000, 19]);
    expect([
      grid.indexAt(93_999),
      grid.indexAt(94_000),
      grid.indexAt(130_199),
      grid.indexAt(132_000),
    ]).toEqual([-1, 0, 18, -1]);
  });

  test("has a bounded number of buckets for any run", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 10 }),
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: -60_000, max: 0 }),
        (spanMs, segmentMs, before) => {
          const grid = gridOf(0, before, before + spanMs, segmentMs);
          return (
            grid.count >= 1 &&
            grid.count <= 600 &&
            grid.firstMs <= before &&
            grid.firstMs + grid.count * grid.widthMs >= before + spanMs
          );
        },
      ),
    );
  });
});

describe("measures", () => {
  const windows = windowsOf([
    { fromMs: 0, untilMs: 1000 },
    { fromMs: 1000, untilMs: 3000 },
    { fromMs: 3000, untilMs: 4000 },
  ]);

  test("count a request where it began, not where it ended", () => {
    expect(
      count([
        series("duration", [
          [1200, 500],
          [2500, 100],
        ]),
      ])(windows),
    ).toEqual([1, 1, 0]);
  });

  test("are rates per second, zero without samples", () => {
    expect(
      rate([
        series("duration", [
          [1500, 0],
          [1600, 0],
          [2900, 0],
        ]),
      ])(windows),
    ).toEqual([0, 1.5, 0]);
  });

  test("show a counter without a reading as a hole, not a zero", () => {
    expect(
      growth([
        series("increment", [
          [500, 4],
          [1500, 3],
          [2500, 3],
        ]),
      ])(windows),
    ).toEqual([4, 3, null]);
  });

  test("compute quantiles of raw values over all series together, never averages", () => {
    const [fast, slow] = [
      series("gauge", [
        [1100, 1],
        [1200, 1],
        [1300, 1],
      ]),
      series("gauge", [[1400, 100]]),
    ];
    expect(quantileOf([fast, slow], 0.5)(windows)).toEqual([null, 1, null]);
    expect(highest([fast, slow])(windows)).toEqual([null, 100, null]);
  });

  test("return observed values as quantiles", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (values, q) => {
          const [found] = quantileOf(
            [
              series(
                "gauge",
                values.map((value) => [1, value]),
              ),
            ],
            q,
          )(windowsOf([{ fromMs: 0, untilMs: 2 }]));
          const atMost = values.filter((value) => value <= (found ?? -1)).length;
          return values.includes(found ?? -1) && atMost >= q * values.length - 1e-9;
        },
      ),
    );
  });

  test("spread the growth between two readings over that time, without loss", () => {
    const grid = gridOf(0, 0, 20_000, 2000);
    const steady = Array.from({ length: 9 }, (_, index) => [500 + index * 2060, 20.6] as const);
    expect(growth([series("increment", steady)])(grid).slice(1, 8)).toEqual(
      new Array(7).fill(expect.closeTo(10, 6)),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1900, max: 2100 }), fc.integer({ min: 0, max: 50 })), {
          minLength: 1,
          maxLength: 8,
        }),
        (steps) => {
          let atMs = 0;
          const readings = steps.map(([gap, value]) => {
            atMs += gap;
            return [atMs, value] as const;
          });
          const drawn = growth([series("increment", readings)])(grid).reduce<number>(
            (total, value) => total + (value ?? 0) * 2,
            0,
          );
          return Math.abs(drawn - steps.reduce((total, [, value]) => total + value, 0)) < 1e-6;
        },
      ),
    );
  });

  test("keep a long silence of a counter as a hole, followed by its mean rate", () => {
    const readings = [
      [1000, 2],
      [3000, 2],
      [5000, 2],
      [13_000, 8],
      [15_000, 2],
      [17_000, 2],
    ] as const;
    expect(growth([series("increment", readings)])(gridOf(0, 0, 18_000, 2000))).toEqual([
      expect.closeTo(1.5),
      1,
      0.5,
      null,
      null,
      null,
      expect.closeTo(1.5),
      1,
      0.5,
    ]);
  });

  test("keep shares between 0 and 1, and null without a whole", () => {
    const [part, all] = [
      happened([
        series("event", [
          [500, 1],
          [1500, 9],
        ]),
      ]),
      happened([
        series("event", [
          [400, 4],
          [1600, 4],
        ]),
      ]),
    ];
    expect(shareOf(part, all)(windows)).toEqual([0.25, 1, null]);
    expect(restOf(part, all)(windows)).toEqual([0.75, 0, null]);
  });

  test("return the upper bound of its bucket as a histogram's quantile", () => {
    const bucket = (le: string, ...counts: readonly number[]): SeriesData => ({
      ...series(
        "increment",
        counts.map((value, index) => [500 + index * 1000, value]),
      ),
      tags: { le },
    });
    const buckets = [bucket("10", 90, 0), bucket("100", 99, 0), bucket("+Inf", 100, 5)];
    expect([0.5, 0.95, 0.99, 1].map((q) => bucketQuantileOf(buckets, q)(windows)[0])).toEqual([
      10, 100, 100, 100,
    ]);
    // Above the last bound nothing more precise is known; without measurements there is no value.
    expect(bucketQuantileOf(buckets, 0.5)(windows).slice(1)).toEqual([100, null]);
  });

  test("sum the peaks of gauges over services", () => {
    expect(
      peak([
        series("gauge", [
          [100, 5],
          [200, 7],
        ]),
        series("gauge", [
          [150, 10],
          [1500, 1],
        ]),
      ])(windows),
    ).toEqual([17, 1, null]);
  });

  test("bridge single buckets between gauge readings, and keep a real silence as a hole", () => {
    const readings = [
      [1900, 5],
      [4050, 6],
      [6100, 7],
      [14_000, 8],
      [16_000, 9],
    ] as const;
    const grid = gridOf(0, 0, 18_000, 2000);
    expect(peak([series("gauge", readings)])(grid)).toEqual([5, 5, 6, 7, null, null, null, 8, 9]);
    expect(
      peak([
        series("gauge", readings),
        series("gauge", [
          [1000, 100],
          [3000, 100],
          [5000, 100],
        ]),
      ])(grid).slice(0, 3),
    ).toEqual([105, 105, 106]);
  });
});
