import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SeriesData } from "../../metrics/samples.ts";
import { type Claim, statisticOf } from "./registry.ts";

const bounds = ["0.1", "0.5", "1", "+Inf"];

/** One series for each bucket, as a service exposes them: each holds those below it. */
function histogram(values: readonly number[]): SeriesData[] {
  return bounds.map((le) => ({
    metric: "wait_seconds_bucket",
    kind: "increment",
    tags: { le, service: "api" },
    atMs: Float64Array.of(5),
    values: Float64Array.of(
      values.filter((value) => value <= Number(le.replace("+Inf", "Infinity"))).length,
    ),
  }));
}

function observed(le: string, all: readonly SeriesData[]) {
  const claim = {
    title: "t",
    metric: "wait_seconds_bucket",
    statistic: "within",
    le,
    comparison: ">=",
    limit: 0.9,
    during: ["fault"],
    samplesMin: 1,
  } as Claim;
  const window = { fromMs: 0, untilMs: 10 };
  return statisticOf(claim).observe(claim, { window, all, selected: all, dropped: 0 });
}

describe("a histogram", () => {
  it("tells exactly which part lies within a bound of its own", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 1 }),
        fc.constantFrom("0.1", "0.5", "1"),
        (values, le) => {
          const inside = values.filter((value) => value <= Number(le)).length;
          expect(observed(le, histogram(values))).toMatchObject({
            value: inside / values.length,
            samples: values.length,
          });
        },
      ),
    );
  });

  it("tells nothing of a bound that it does not have, nor without a word of all", () => {
    expect(observed("0.25", histogram([0.2, 0.3])).value).toBeNull();
    expect(observed("0.5", histogram([0.2]).slice(0, 3)).value).toBeNull();
    expect(observed("0.5", histogram([])).value).toBeNull();
  });
});
