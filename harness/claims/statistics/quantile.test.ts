import { describe, expect, it } from "vitest";
import type { Claim } from "./registry.ts";
import type { SeriesData } from "../../metrics/samples.ts";
import { judgeClaim, observe } from "../../judge/claims.ts";
import { everyMetric } from "../../../test/support/judge/held-run.ts";

const window = { fromMs: 0, untilMs: 10_000, cutOff: false };

/** Durations of 1, 2, … `count` ms, in that order. */
function answers(count: number): SeriesData {
  const values = Float64Array.from({ length: count }, (_, index) => index + 1);
  return { metric: "segment_ms", kind: "event", tags: { lane: "live" }, atMs: values, values };
}

const claim = {
  title: "fast",
  metric: "segment_ms",
  comparison: "<=",
  limit: 95,
  during: ["fault"],
  samplesMin: 1,
} as const;

describe("quantile statistics", () => {
  it.each([
    ["p50", 50],
    ["p90", 90],
    ["p95", 95],
    ["p99", 99],
  ] as const)("return an observed value: %s", (statistic, value) => {
    expect(observe({ ...claim, statistic }, window, [answers(100)], everyMetric)).toEqual({
      value,
      worst: value,
      samples: 100,
    });
  });

  it("are refuted beyond their limit, and open if dropped iterations may be", () => {
    const of = (statistic: "p90" | "p99", dropped: number): string => {
      const lost: SeriesData = {
        metric: "dropped_iterations",
        kind: "event",
        tags: { lane: "live" },
        atMs: Float64Array.of(5),
        values: Float64Array.of(dropped),
      };
      const judged: Claim = { ...claim, statistic };
      const all = [answers(100), lost];
      return judgeClaim(judged, "fault", { fault: window }, all, everyMetric).status;
    };
    expect(of("p90", 0)).toBe("held");
    expect(of("p90", 5)).toBe("held");
    expect(of("p90", 10)).toBe("inconclusive");
    expect(of("p99", 0)).toBe("refuted");
  });
});
