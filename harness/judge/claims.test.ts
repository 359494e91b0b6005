import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Claim } from "../claims/statistics/registry.ts";
import type { Comparison } from "../claims/claim.ts";
import type { Phase } from "../base/phases.ts";
import type { Judged } from "../record/verdict.ts";
import type { SampleKind, SeriesData } from "../metrics/samples.ts";
import type { Window } from "../metrics/series.ts";
import { judgeClaim as judgeOf, observe as observeOf } from "./claims.ts";
import type { Observation } from "../claims/statistics/statistic.ts";
import { everyMetric } from "../../test/support/judge/held-run.ts";
import type { Windows } from "./windows.ts";
import { times } from "../../test/support/thorough.ts";

const observe = (claim: Claim, within: Window, all: readonly SeriesData[]): Observation =>
  observeOf(claim, within, all, everyMetric);
const judgeClaim = (
  claim: Claim,
  phase: Phase,
  within: Windows,
  all: readonly SeriesData[],
): Judged => judgeOf(claim, phase, within, all, everyMetric);

const window = { fromMs: 10_000, untilMs: 20_000, cutOff: false };
const windows: Windows = { baseline: { fromMs: 0, untilMs: 10_000, cutOff: false }, fault: window };

const series = (
  metric: string,
  tags: Readonly<Record<string, string>>,
  kind: SampleKind,
  samples: readonly (readonly [atMs: number, value: number])[],
): SeriesData => ({
  metric,
  tags,
  kind,
  atMs: Float64Array.from(samples, ([atMs]) => atMs),
  values: Float64Array.from(samples, ([, value]) => value),
});
const waits = (
  values: readonly number[],
  tags: Readonly<Record<string, string>> = { lane: "live", outcome: "served" },
  startedMs = 15_000,
): SeriesData =>
  series(
    "segment_ms",
    tags,
    "duration",
    values.map((value) => [startedMs + value, value]),
  );
const dropped = (count: number, atMs = 15_000, lane = "live"): SeriesData =>
  series("dropped_iterations", { lane }, "increment", [[atMs, count]]);

type Statistic = "p50" | "p95" | "p99" | "max" | "mean" | "sum" | "count" | "rate";
const plain = (
  statistic: Statistic,
  comparison: Comparison,
  limit: Claim["limit"],
  during: readonly Phase[] = ["fault"],
): Claim => ({
  title: "claim",
  metric: "segment_ms",
  where: { lane: "live" },
  statistic,
  comparison,
  limit,
  during,
  samplesMin: 0,
});
const share = (comparison: Comparison, limit: number, outcome = "served"): Claim => ({
  title: "claim",
  metric: "segment_ms",
  where: { lane: "live" },
  statistic: "share",
  having: { outcome },
  comparison,
  limit,
  during: ["fault"],
  samplesMin: 0,
});
const statusOf = (claim: Claim, all: readonly SeriesData[], within: Windows = windows): string =>
  judgeClaim(claim, "fault", within, all).status;

describe("observe", () => {
  const values = [5, 1, 9, 3, 7];

  it.each<[Statistic, number]>([
    ["p50", 5],
    ["p95", 9],
    ["p99", 9],
    ["max", 9],
    ["mean", 5],
    ["sum", 25],
    ["count", 5],
    ["rate", 2.5],
  ])("%s", (statistic, expected) => {
    expect(observe(plain(statistic, "<", 1), window, [waits(values)])).toMatchObject({
      value: expected,
      samples: 5,
    });
  });

  it("assigns a request to the window of its start, and anything else to its reading's", () => {
    const slow = waits([4_000], { lane: "live", outcome: "lost" }, 9_999);
    expect(observe(share("<=", 0, "lost"), window, [slow]).samples).toBe(0);
    expect(observe(share("<=", 0, "lost"), { fromMs: 0, untilMs: 10_000 }, [slow]).value).toBe(1);
    // It ended after the window, but belongs to it.
    expect(
      observe(share("<=", 0, "lost"), window, [
        waits([4_000], { lane: "live", outcome: "lost" }, 19_999),
      ]).value,
    ).toBe(1);
    const gets = (atMs: number): SeriesData =>
      series("origin_gets", { lane: "live" }, "increment", [[atMs, 4]]);
    const sum: Claim = { ...plain("sum", "<", 1), metric: "origin_gets" } as Claim;
    expect(
      [9_999, 10_000, 19_999, 20_000].map((atMs) => observe(sum, window, [gets(atMs)]).samples),
    ).toEqual([0, 1, 1, 0]);
  });

  it("selects by every requested tag", () => {
    const all = [
      waits([1], { lane: "live", entry: "a" }),
      waits([2], { lane: "live", entry: "b" }),
      waits([4], { lane: "dvr", entry: "a" }),
      waits([8], { entry: "a" }),
    ];
    expect(
      observe({ ...plain("sum", "<", 1), where: { lane: "live", entry: "a" } }, window, all).value,
    ).toBe(1);
    expect(observe({ ...plain("sum", "<", 1), where: {} }, window, all).value).toBe(15);
    expect(
      observe({ ...plain("sum", "<", 1), where: { constructor: "Object" } }, window, all).samples,
    ).toBe(0);
  });

  it("divides by what happened, not by what was planned", () => {
    const ratio: Claim = {
      title: "r",
      metric: "origin_gets",
      statistic: "ratio",
      per: { metric: "publish_ms", times: 2 },
      comparison: "<=",
      limit: 1,
      during: ["fault"],
      samplesMin: 1,
    };
    const published = series("publish_ms", {}, "duration", [
      [15_000, 20],
      [16_000, 20],
      [9_000, 20],
    ]);
    expect(
      observe(ratio, window, [
        series("origin_gets", {}, "increment", [
          [15_000, 5],
          [19_000, 1],
        ]),
        published,
      ]),
    ).toMatchObject({ value: 1.5, samples: 2 });
    expect(
      observe(ratio, window, [series("origin_gets", {}, "increment", [[15_000, 5]])]).value,
    ).toBeNull();
    expect(observe(ratio, window, [published]).value).toBeNull();
  });

  it("computes a counter's share from its growth, not from its readings", () => {
    const known: Claim = {
      title: "k",
      metric: "origin_metadata_lookups_total",
      statistic: "share",
      having: { from: "memory" },
      comparison: ">=",
      limit: 0.9,
      during: ["fault"],
      samplesMin: 50,
    };
    const counter = (from: string, values: readonly number[]): SeriesData =>
      series(
        "origin_metadata_lookups_total",
        { from },
        "increment",
        values.map((value, index) => [12_000 + index * 2_000, value]),
      );
    expect(
      observe(known, window, [counter("memory", [40, 50, 0]), counter("store", [0, 0, 10])]),
    ).toMatchObject({ value: 0.9, samples: 100 });
    expect(
      observe(known, window, [counter("memory", [0, 0]), counter("store", [0])]),
    ).toMatchObject({ value: null, samples: 0 });
  });

  it("counts the windows in which the later occurs without the earlier", () => {
    const order: Claim = {
      title: "o",
      metric: "http_req_ms",
      where: { lane: "live", status: "503" },
      statistic: "windowsWithout",
      first: { metric: "http_req_ms", where: { lane: "dvr", status: "503" } },
      windowMs: 2_000,
      comparison: "<=",
      limit: 0,
      during: ["fault"],
      samplesMin: 5,
    };
    const answers = (lane: string, status: string, starts: readonly number[]): SeriesData =>
      series(
        "http_req_ms",
        { lane, status },
        "duration",
        starts.map((startedMs) => [startedMs + 5, 5]),
      );
    const seen = [
      answers("live", "200", [10_000, 12_000, 14_000, 16_000, 18_000]),
      answers("dvr", "200", [10_000, 12_000, 14_000, 16_000, 18_000]),
    ];
    const observed = (live: readonly number[], dvr: readonly number[]): unknown =>
      observe(order, window, [...seen, answers("live", "503", live), answers("dvr", "503", dvr)]);
    expect(observed([], [])).toMatchObject({ value: 0, samples: 5 });
    expect(observed([], [11_000])).toMatchObject({ value: 0 });
    expect(observed([11_000, 13_000], [11_900, 12_000])).toMatchObject({ value: 0 });
    // Live is refused in the first window, and DVR only in the next.
    expect(observed([11_000, 11_500], [12_100])).toMatchObject({ value: 1 });
    expect(observed([10_000, 12_000, 14_000, 16_000, 19_999], [16_000])).toMatchObject({
      value: 4,
    });
  });

  it("treats a counter without growth as evidence that nothing happened", () => {
    const shed = (lane: string): Claim & { statistic: "windowsWithout" } => ({
      title: "o",
      metric: "origin_requests_total",
      where: { lane, outcome: "shed" },
      statistic: "windowsWithout",
      first: { metric: "origin_requests_total", where: { lane: "dvr", outcome: "shed" } },
      windowMs: 5_000,
      comparison: "<=",
      limit: 0,
      during: ["fault"],
      samplesMin: 2,
    });
    const counter = (lane: string, values: readonly number[]): SeriesData =>
      series(
        "origin_requests_total",
        { lane, outcome: "shed" },
        "increment",
        values.map((value, index) => [12_000 + index * 5_000, value]),
      );
    expect(
      observe(shed("live"), window, [counter("live", [0, 0]), counter("dvr", [0, 0])]),
    ).toMatchObject({ value: 0, samples: 2 });
    expect(
      observe(shed("live"), window, [counter("live", [1, 0]), counter("dvr", [0, 3])]),
    ).toMatchObject({ value: 1, samples: 2 });
  });
});

describe("a limit relative to another phase", () => {
  const before = (value: number): SeriesData =>
    waits([value, value, value], { lane: "live" }, 5_000);
  const claim = plain("p95", "<=", { of: "baseline", times: 2 });

  it("follows the value in that phase", () => {
    expect(judgeClaim(claim, "fault", windows, [before(10), waits([20])])).toMatchObject({
      status: "held",
      limit: 20,
      observed: 20,
    });
    expect(statusOf(claim, [before(10), waits([20.5])])).toBe("refuted");
    expect(statusOf(claim, [before(11), waits([20.5])])).toBe("held");
  });

  it("is unknown if that phase has too few samples, or did not run", () => {
    expect(statusOf(claim, [waits([20])])).toBe("inconclusive");
    expect(statusOf({ ...claim, samplesMin: 4 }, [before(10), waits([1, 1, 1, 1])])).toBe(
      "inconclusive",
    );
    expect(statusOf(claim, [before(10), waits([20])], { fault: window })).toBe("inconclusive");
  });

  it("is as strict as the dropped iterations of that phase allow", () => {
    expect(
      statusOf({ ...claim, statistic: "p50" } as Claim, [
        before(10),
        dropped(3, 5_000),
        waits([15]),
      ]),
    ).toBe("inconclusive");
    expect(
      statusOf({ ...claim, statistic: "p50" } as Claim, [
        before(10),
        dropped(1, 5_000),
        waits([15]),
      ]),
    ).toBe("held");
  });
});

describe("dropped iterations", () => {
  const hundred = waits(Array.from({ length: 100 }, (_, index) => index + 1));

  it.each<[string, Claim, number, string]>([
    ["a share that would still hold", share(">=", 0.9), 11, "held"],
    ["a share that would not", share(">=", 0.9), 12, "inconclusive"],
    ["a share that must be exactly one", share("==", 1), 1, "inconclusive"],
    ["a share that must be exactly none", share("==", 0, "lost"), 1, "inconclusive"],
    ["a share of failures that would still hold", share("<=", 0.1, "lost"), 11, "held"],
    ["a share of failures that would not", share("<=", 0.1, "lost"), 12, "inconclusive"],
    ["a quantile that would still hold", plain("p95", "<=", 98), 2, "held"],
    ["a quantile that would not", plain("p95", "<=", 98), 4, "inconclusive"],
    [
      "a quantile that is as low only because the quick ones are missing",
      plain("p50", ">=", 50),
      3,
      "inconclusive",
    ],
    ["a quantile that must be exactly so", plain("p50", "==", 50), 2, "inconclusive"],
    ["a maximum", plain("max", "<=", 100), 1, "inconclusive"],
    ["a maximum that was reached anyway", plain("max", ">=", 100), 50, "held"],
    ["a number that could have been higher", plain("count", "<=", 100), 1, "inconclusive"],
    ["a number that was reached anyway", plain("count", ">=", 100), 50, "held"],
    ["an exact number", plain("count", "==", 100), 1, "inconclusive"],
    ["a mean, up to one in a hundred", plain("mean", "<=", 60), 1, "held"],
    ["a mean, beyond that", plain("mean", "<=", 60), 2, "inconclusive"],
  ])("%s: %#", (_what, claim, count, status) => {
    expect(statusOf(claim, [hundred])).toBe("held");
    expect(statusOf(claim, [hundred, dropped(count)])).toBe(status);
    expect(statusOf(claim, [hundred, dropped(count, 15_000, "dvr")]), "another lane's").toBe(
      "held",
    );
    expect(statusOf(claim, [hundred, dropped(count, 25_000)]), "another phase's").toBe("held");
  });

  it("could each have caused a request to the origin", () => {
    const ratio: Claim = {
      title: "r",
      metric: "origin_gets",
      where: { lane: "live" },
      statistic: "ratio",
      per: { metric: "publish_ms", times: 1 },
      comparison: "<=",
      limit: 1.2,
      during: ["fault"],
      samplesMin: 1,
    };
    const all = [
      series("origin_gets", { lane: "live" }, "increment", [[15_000, 1_198]]),
      series(
        "publish_ms",
        {},
        "duration",
        Array.from({ length: 1_000 }, () => [15_000, 20] as const),
      ),
    ];
    expect([0, 2, 3, 11].map((count) => statusOf(ratio, [...all, dropped(count)]))).toEqual([
      "held",
      "held",
      "inconclusive",
      "inconclusive",
    ]);
  });

  it("do not save a claim that is violated without them", () => {
    expect(
      statusOf(share(">=", 0.9), [
        waits([1, 2, 3], { lane: "live", outcome: "lost" }),
        dropped(1_000),
      ]),
    ).toBe("refuted");
  });

  it("cannot turn a held claim into a violated one, whatever their result", () => {
    const outcome = fc.constantFrom("served", "lost");
    fc.assert(
      fc.property(
        fc.array(outcome, { minLength: 1, maxLength: 30 }),
        fc.array(outcome, { maxLength: 30 }),
        fc.constantFrom<Comparison>("<", "<=", ">", ">=", "=="),
        fc.integer({ min: 0, max: 10 }),
        (seen, unseen, comparison, tenths) => {
          const claim = share(comparison, tenths / 10);
          const all = (outcomes: readonly string[]): SeriesData[] =>
            outcomes.map((one) => waits([5], { lane: "live", outcome: one }));
          if (statusOf(claim, [...all(seen), dropped(unseen.length)]) === "held")
            expect(statusOf(claim, all([...seen, ...unseen]))).toBe("held");
        },
      ),
    );
    const statistic = fc.constantFrom<Statistic>("p50", "p95", "p99", "max", "count");
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat({ max: 40 }), { maxLength: 30 }),
        statistic,
        fc.constantFrom<Comparison>("<", "<=", ">", ">=", "=="),
        fc.nat({ max: 30 }),
        (seen, unseen, one, comparison, limit) => {
          const claim = plain(one, comparison, limit);
          if (statusOf(claim, [waits(seen), dropped(unseen.length)]) === "held")
            expect(statusOf(claim, [waits([...seen, ...unseen])])).toBe("held");
        },
      ),
      { numRuns: times(60) },
    );
  });
});

describe("judgeClaim", () => {
  it("requires as many samples as the claim states, and at least one", () => {
    expect(statusOf({ ...plain("p50", "<=", 10), samplesMin: 3 }, [waits([1, 2])])).toBe(
      "inconclusive",
    );
    expect(statusOf({ ...plain("p50", "<=", 10), samplesMin: 3 }, [waits([1, 2, 3])])).toBe("held");
    for (const statistic of ["p50", "max", "mean", "sum", "count", "rate"] as const)
      expect(statusOf(plain(statistic, "<=", 10), [])).toBe("inconclusive");
  });

  it("applies the limit exactly as the comparison does", () => {
    const at = (comparison: Comparison): string[] =>
      [9, 10, 11].map((value) => statusOf(plain("max", comparison, 10), [waits([value])]));
    expect(at("<")).toEqual(["held", "refuted", "refuted"]);
    expect(at("<=")).toEqual(["held", "held", "refuted"]);
    expect(at(">")).toEqual(["refuted", "refuted", "held"]);
    expect(at(">=")).toEqual(["refuted", "held", "held"]);
    expect(at("==")).toEqual(["refuted", "held", "refuted"]);
  });

  it("does not refute a claim that fails in the baseline", () => {
    const claim = plain("max", "<=", 10, ["baseline"]);
    expect(
      judgeClaim(claim, "baseline", windows, [waits([11], { lane: "live" }, 5_000)]),
    ).toMatchObject({ status: "inconclusive", observed: 11 });
  });

  it("does not refute a total in a phase that was cut off", () => {
    const cut: Windows = { fault: { ...window, cutOff: true } };
    for (const statistic of ["count", "sum"] as const) {
      expect(statusOf(plain(statistic, ">=", 100), [waits([1])], cut)).toBe("inconclusive");
      expect(statusOf(plain(statistic, ">=", 100), [waits([1])])).toBe("refuted");
      expect(statusOf(plain(statistic, "<=", 3), [waits([1, 1, 1, 1])], cut)).toBe("refuted");
    }
    expect(statusOf(plain("max", "<=", 10), [waits([11])], cut)).toBe("refuted");
  });
});
