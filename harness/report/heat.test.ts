import fc from "fast-check";
import { expect, test } from "vitest";
import type { SeriesData } from "../metrics/samples.ts";
import { gridOf, windowsOf } from "./buckets.ts";
import { heatOf } from "./heat.ts";

const durations = (samples: readonly (readonly [number, number])[]): SeriesData => ({
  metric: "segment_ms",
  kind: "duration",
  tags: {},
  atMs: Float64Array.from(samples, ([began, took]) => began + took),
  values: Float64Array.from(samples, ([, took]) => took),
});
const total = (rows: readonly (readonly number[])[]): number =>
  rows.flat().reduce((a, b) => a + b, 0);

test("every request is in exactly one cell, by its duration and its start", () => {
  const grid = gridOf(0, 0, 20_000, 2000);
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.integer({ min: 0, max: 19_999 }),
          fc.double({ min: 0, max: 1e7, noNaN: true }).map(Math.round),
        ),
        { minLength: 1 },
      ),
      (samples) => {
        const { boundsMs, rows, byPhase } = heatOf(
          [durations(samples)],
          grid,
          windowsOf([{ fromMs: 0, untilMs: 20_000 }]),
        );
        const ascending = boundsMs.every(
          (bound, index) => index === 0 || bound > (boundsMs[index - 1] ?? 0),
        );
        return (
          total(rows) === samples.length &&
          total(byPhase) === samples.length &&
          ascending &&
          boundsMs.length === rows.length + 1 &&
          rows.length <= 40
        );
      },
    ),
  );
});

test("rows are half powers of two, and only used ones", () => {
  const { boundsMs, rows } = heatOf(
    [
      durations([
        [100, 10],
        [100, 11],
        [2100, 40],
      ]),
    ],
    gridOf(0, 0, 4000, 2000),
    windowsOf([]),
  );
  expect(boundsMs).toEqual([8, 11.3, 16, 22.6, 32, 45.3]);
  expect(rows).toEqual([
    [2, 0],
    [0, 0],
    [0, 0],
    [0, 0],
    [0, 1],
  ]);
});
