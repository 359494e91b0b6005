import { describe, expect, it } from "vitest";
import type { SeriesData } from "./samples.ts";
import { carries, eachIn, matching, startMs, valuesIn } from "./series.ts";

const one = (
  kind: SeriesData["kind"],
  atMs: number[],
  values: number[],
  tags = {},
): SeriesData => ({
  metric: "m",
  kind,
  tags,
  atMs: Float64Array.from(atMs),
  values: Float64Array.from(values),
});

describe("series", () => {
  it("dates a duration by its start and everything else by its reading", () => {
    expect(startMs(one("duration", [100], [30]), 0)).toBe(70);
    for (const kind of ["increment", "gauge", "event"] as const)
      expect(startMs(one(kind, [100], [30]), 0)).toBe(100);
  });

  it("includes the first moment of a window and excludes the last", () => {
    const all = [one("gauge", [9, 10, 19, 20], [1, 2, 4, 8])];
    expect([...valuesIn(all, { fromMs: 10, untilMs: 20 })]).toEqual([2, 4]);
    const seen: unknown[] = [];
    eachIn(
      [one("duration", [25], [10], { lane: "live" })],
      { fromMs: 10, untilMs: 20 },
      (...sample) => seen.push(sample),
    );
    expect(seen).toEqual([[10, 15, { lane: "live" }]]);
  });

  it("does not match inherited property names", () => {
    expect(carries({}, { constructor: "x" })).toBe(false);
    expect(carries({}, { toString: "x" })).toBe(false);
    expect(carries({ lane: "live" }, {})).toBe(true);
    expect(carries({ lane: "live" }, undefined)).toBe(true);
    expect(matching([one("gauge", [1], [1])], { metric: "__proto__" })).toEqual([]);
  });
});
