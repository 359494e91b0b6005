import { everyMetric } from "../../test/support/judge/held-run.ts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Claim, statisticNamed } from "../claims/statistics/registry.ts";
import type { Phase } from "../base/phases.ts";
import type { Series } from "../metrics/samples.ts";
import { compare } from "../judge/claims.ts";
import { quantile } from "../base/statistics.ts";
import { AbortWatch } from "./abort-watch.ts";
import { times } from "../../test/support/thorough.ts";

const share: Claim = {
  title: "half is served",
  metric: "segment_ms",
  where: { lane: "live" },
  statistic: "share",
  having: { outcome: "served" },
  comparison: ">=",
  limit: 0.5,
  during: ["fault"],
  samplesMin: 10,
};

function watched(...conditions: readonly { readonly unless: Claim; readonly windowMs: number }[]) {
  const passed: (readonly [number, number, number])[] = [];
  const ids = new Map<string, number>();
  const watch = new AbortWatch(
    {
      series: (series) => {
        const key = JSON.stringify(series);
        const id = ids.get(key) ?? ids.size;
        ids.set(key, id);
        return id;
      },
      sample: (...sample) => passed.push(sample),
    },
    { abortWhen: conditions, metrics: everyMetric },
  );
  watch.event({ kind: "phase", phase: "fault", atMs: 0 });
  const feed = (series: Series, count: number, atMs: number, value = 10): void => {
    for (let index = 0; index < count; index++) watch.sample(watch.series(series), atMs, value);
  };
  return { watch, feed, passed };
}

const viewer = (outcome: string, lane = "live"): Series => ({
  metric: "segment_ms",
  kind: "duration",
  tags: { lane, outcome },
});

const began = (phase: Phase, atMs: number) => ({ kind: "phase", phase, atMs }) as const;

describe("abort watch", () => {
  it("passes on every sample, watched or not", () => {
    const { feed, passed } = watched({ unless: share, windowMs: 5_000 });
    feed(viewer("served"), 2, 1_000);
    feed({ metric: "canary_ms", kind: "duration", tags: {} }, 1, 1_000);
    expect(passed).toEqual([
      [0, 1_000, 10],
      [0, 1_000, 10],
      [1, 1_000, 10],
    ]);
  });

  it("names the violated condition and its value", () => {
    const { watch, feed } = watched({ unless: share, windowMs: 5_000 });
    feed(viewer("served"), 4, 9_000);
    feed(viewer("lost"), 5, 9_000);
    expect(watch.violated(10_000, "fault"), "too few to say").toBeNull();
    feed(viewer("lost"), 1, 9_000);
    expect(watch.violated(10_000, "fault")).toBe(
      '"half is served" does not hold: 40 % (limit ≥ 50 %)',
    );
    expect(watch.violated(10_000, "recovery"), "it speaks of the fault phase only").toBeNull();
  });

  it("ignores what began before the phase, as the judge does", () => {
    const unless: Claim = { ...share, during: ["baseline", "recovery"] };
    const { watch, feed } = watched({ unless, windowMs: 10_000 });
    feed(viewer("lost"), 50, 20_000);
    watch.event(began("recovery", 20_000));
    expect(watch.violated(21_000, "recovery")).toBeNull();
    feed(viewer("lost"), 10, 21_500);
    expect(watch.violated(22_000, "recovery")).toContain("does not hold: 0 % (");
    expect(watch.violated(31_000, "baseline"), "a phase that no event spoke of").toBeNull();
  });

  it("lets a count grow until its window is over", () => {
    const many: Claim = {
      ...share,
      title: "many are asked",
      statistic: "count",
      limit: 20,
    } as Claim;
    const { watch, feed } = watched({ unless: many, windowMs: 5_000 });
    watch.event(began("fault", 10_000));
    feed(viewer("served"), 10, 11_000);
    expect(watch.violated(12_000, "fault")).toBeNull();
    expect(watch.violated(15_000, "fault")).toContain("many are asked");
  });

  it("computes a quantile as sorting does", () => {
    const values = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 60 });
    const statistics = fc.constantFrom("p50" as const, "p95" as const, "p99" as const);
    const comparisons = fc.constantFrom("<" as const, "<=" as const);
    fc.assert(
      fc.property(
        values,
        statistics,
        comparisons,
        fc.nat({ max: 9 }),
        (all, statistic, comparison, limit) => {
          const unless: Claim = {
            title: "fast",
            metric: "segment_ms",
            statistic,
            comparison,
            limit,
            during: ["fault"],
            samplesMin: 1,
          };
          const { watch, feed } = watched({ unless, windowMs: 1_000 });
          for (const value of all) feed(viewer("served"), 1, 500 + value, value);
          const exact =
            quantile(Float64Array.from(all).sort(), statisticNamed(statistic)?.quantile ?? 0) ?? 0;
          expect(watch.violated(1_000, "fault") === null).toBe(compare(exact, comparison, limit));
        },
      ),
      { numRuns: times(80) },
    );
  });

  it("drops old samples, in any order of arrival", () => {
    const { watch, feed } = watched({ unless: share, windowMs: 1_000 });
    for (let atMs = 0; atMs < 60_000; atMs += 100) {
      feed(viewer(atMs % 4_000 < 1_000 ? "lost" : "served"), 5, atMs, 1);
      watch.violated(atMs, "fault");
    }
    expect(watch.violated(60_000, "fault")).toBeNull();
    feed(viewer("lost"), 100, 60_500, 1);
    expect(watch.violated(61_000, "fault")).toContain("does not hold");
  });

  it("evaluates only the last window, and only its own lane", () => {
    const { watch, feed } = watched({ unless: share, windowMs: 5_000 });
    feed(viewer("lost"), 50, 4_000);
    feed(viewer("lost", "dvr"), 50, 9_000);
    feed(viewer("served"), 10, 9_000);
    expect(watch.violated(10_000, "fault")).toBeNull();
    expect(watch.violated(20_000, "fault")).toBeNull();
    feed(viewer("lost"), 10, 19_500);
    expect(watch.violated(20_000, "fault")).toContain("does not hold: 0 % (");
  });

  it("keeps each condition's own window", () => {
    const { watch, feed } = watched(
      { unless: share, windowMs: 1_000 },
      { unless: { ...share, title: "over long", limit: 0.9 }, windowMs: 10_000 },
    );
    feed(viewer("lost"), 10, 5_000);
    feed(viewer("served"), 20, 9_800);
    expect(watch.violated(10_000, "fault")).toContain('"over long"');
  });

  it("is silent without conditions and without samples", () => {
    expect(watched().watch.violated(1, "fault")).toBeNull();
    expect(watched({ unless: share, windowMs: 1_000 }).watch.violated(1, "fault")).toBeNull();
  });

  it("detects a wrong order even if the first never occurred", () => {
    const refused = (lane: string): Series => ({
      metric: "http_req_ms",
      kind: "duration",
      tags: { lane, status: "503" },
    });
    const order: Claim = {
      title: "dvr first",
      metric: "http_req_ms",
      where: { lane: "live", status: "503" },
      statistic: "windowsWithout",
      first: { metric: "http_req_ms", where: { lane: "dvr", status: "503" } },
      windowMs: 1_000,
      comparison: "<=",
      limit: 0,
      during: ["fault"],
      samplesMin: 1,
    };
    const { watch, feed } = watched({ unless: order, windowMs: 5_000 });
    feed({ ...refused("dvr"), tags: { lane: "dvr", status: "200" } }, 5, 9_500);
    feed(refused("live"), 5, 9_500);
    expect(watch.violated(10_000, "fault")).toContain("dvr first");
    feed(refused("dvr"), 1, 9_500);
    expect(watch.violated(10_000, "fault")).toBeNull();
  });

  it("divides by the observed samples", () => {
    const ratio: Claim = {
      title: "collapsed",
      metric: "origin_gets",
      statistic: "ratio",
      per: { metric: "publish_ms", times: 2 },
      comparison: "<=",
      limit: 2,
      during: ["fault"],
      samplesMin: 1,
    };
    const { watch, feed } = watched({ unless: ratio, windowMs: 5_000 });
    feed({ metric: "publish_ms", kind: "duration", tags: {} }, 2, 9_000);
    feed({ metric: "origin_gets", kind: "increment", tags: {} }, 1, 9_000, 9);
    expect(watch.violated(10_000, "fault")).toContain("2.25");
  });
});
