import { describe, expect, it } from "vitest";
import type { Finding } from "../record/verdict.ts";
import {
  add,
  change,
  drop,
  type Draft,
  healedAtMs,
  heldDraft,
  runOf,
  startOf,
  within,
} from "../../test/support/judge/held-run.ts";
import { judge } from "./judge.ts";
import { overlaps, withCatchUp, stallsOf } from "./stalls.ts";

const live = { lane: "live", entry: "region-a/edge", rendition: "v360" };
const isLive = (sample: Draft["samples"][number]): boolean =>
  sample.metric === "segment_ms" && sample.tags["lane"] === "live";

/**
 * The generator stalls: users who were due in that time ask late and all at once. `outcome` is
 * their result.
 */
function stall(draft: Draft, fromMs: number, ms: number, outcome: string): void {
  const during = within(fromMs, fromMs + ms);
  drop(draft, (sample) => during(sample) && (isLive(sample) || sample.metric === "start_late_ms"));
  for (let atMs = fromMs; atMs < fromMs + ms; atMs += 100) {
    const lateMs = fromMs + ms - atMs;
    add(draft, 1, atMs, atMs, { metric: "start_late_ms", tags: { lane: "live" }, value: lateMs });
    add(draft, 1, atMs, atMs, {
      metric: "segment_ms",
      tags: { ...live, outcome },
      value: lateMs + 60,
    });
  }
}

function finding(draft: Draft, title: string, phase: string): Finding {
  return judge(runOf(draft)).findings.find(
    (one) => one.title === title && one.phase === phase,
  ) as Finding;
}

describe("a generator stall", () => {
  const atMs = startOf.fault + 13_000;

  it("neither refutes a claim that its lateness explains, nor lets it hold", () => {
    for (const outcome of ["lost", "late", "served"]) {
      const draft = heldDraft();
      stall(draft, atMs, 3_000, outcome);
      expect(judge(runOf(draft)).status, outcome).toBe("inconclusive");
      expect(finding(draft, "served", "fault"), outcome).toMatchObject({ status: "inconclusive" });
    }
    const draft = heldDraft();
    stall(draft, atMs, 3_000, "lost");
    expect(finding(draft, "served", "fault").values).toEqual([
      { fact: "generator-stalled", stalledMs: expect.closeTo(3_000, -2), rest: "within-limit" },
    ]);
    expect(finding(draft, "fast", "fault").values).toMatchObject([{ fact: "generator-stalled" }]);
  });

  it("affects users who pressed play as well as those who watch", () => {
    const held = heldDraft();
    const claim = {
      title: "started",
      metric: "start_ms",
      where: { lane: "start" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.99,
      during: ["fault"],
      samplesMin: 10,
    } as const;
    const draft = { ...held, plan: { ...held.plan, hypothesis: [...held.plan.hypothesis, claim] } };
    const play = (
      fromMs: number,
      untilMs: number,
      lasting: (startedMs: number) => number,
    ): void => {
      for (let ms = fromMs; ms < untilMs; ms += 100)
        add(draft, 1, ms, ms, {
          metric: "start_ms",
          tags: { lane: "start", kind: "play", outcome: "served" },
          value: lasting(ms),
        });
    };
    play(startOf.fault, atMs, () => 20);
    play(atMs + 3_000, startOf.recovery, () => 20);
    expect(finding(draft, "started", "fault")).toMatchObject({ status: "held" });
    stall(draft, atMs, 3_000, "served");
    play(atMs, atMs + 3_000, (ms) => atMs + 3_020 - ms);
    expect(finding(draft, "started", "fault")).toMatchObject({ status: "inconclusive" });
  });

  it("does not excuse a claim that is violated without it", () => {
    const draft = heldDraft();
    stall(draft, atMs, 3_000, "lost");
    change(
      draft,
      (sample) => isLive(sample) && within(startOf.fault + 1_000, startOf.fault + 3_000)(sample),
      { tags: { outcome: "lost" } },
    );
    expect(finding(draft, "served", "fault")).toMatchObject({ status: "refuted" });
    expect(judge(runOf(draft)).status).toBe("refuted");
  });

  it("does not excuse phases without a stall", () => {
    const draft = heldDraft();
    stall(draft, atMs, 3_000, "lost");
    change(
      draft,
      (sample) =>
        isLive(sample) && within(startOf.recovery + 5_000, startOf.recovery + 9_000)(sample),
      { tags: { outcome: "lost" } },
    );
    expect(finding(draft, "served", "recovery")).toMatchObject({ status: "refuted" });
  });

  it("does not excuse what it cannot influence", () => {
    const draft = heldDraft();
    stall(draft, atMs, 3_000, "served");
    change(
      draft,
      (sample) => sample.metric === "publish_ms" && within(atMs, atMs + 3_000)(sample),
      { tags: { outcome: "lost" } },
    );
    expect(finding(draft, "published", "fault")).toMatchObject({ status: "refuted" });
  });

  it("excuses an origin rush that its own rush explains, and no other", () => {
    const rush = (draft: Draft, fromMs: number): void =>
      add(draft, 3, fromMs, fromMs + 900, {
        metric: "origin_gets",
        tags: { lane: "live", entry: "region-a/edge", origin: "region-a" },
        value: 20,
      });
    const draft = heldDraft();
    stall(draft, atMs, 3_000, "served");
    rush(draft, atMs + 3_200);
    expect(finding(draft, "collapsed", "fault")).toMatchObject({ status: "inconclusive" });
    rush(draft, startOf.fault + 2_000);
    expect(finding(draft, "collapsed", "fault")).toMatchObject({ status: "refuted" });
  });

  it("leaves recovery open if it coincides with the allowed recovery time", () => {
    const draft = heldDraft();
    stall(draft, healedAtMs + 9_000, 2_000, "lost");
    expect(finding(draft, "back", "recovery")).toMatchObject({ status: "inconclusive" });
    change(
      draft,
      (sample) => isLive(sample) && within(healedAtMs + 17_000, healedAtMs + 18_500)(sample),
      { tags: { outcome: "lost" } },
    );
    expect(finding(draft, "back", "recovery")).toMatchObject({ status: "refuted" });
  });

  it("reports that processors were taken from the machine", () => {
    const draft = heldDraft();
    add(draft, 10, startOf.fault, startOf.recovery, {
      metric: "cpu_denied_seconds",
      tags: { cause: "steal" },
      value: 0.5,
    });
    expect(judge(runOf(draft)).status).toBe("held");
    add(draft, 10, startOf.fault, startOf.recovery, {
      metric: "cpu_denied_seconds",
      tags: { cause: "throttling" },
      value: 0.5,
    });
    expect(judge(runOf(draft))).toMatchObject({
      status: "inconclusive",
    });
    expect(
      judge(runOf(draft)).findings.find(({ id }) => id === "generator.processor"),
    ).toMatchObject({
      values: [{ fact: "stolen", share: expect.closeTo(0.25, 2), phase: "fault" }],
    });
  });

  it.each([
    [15_000, expect.closeTo(0.4, 2)],
    [9_000, null],
  ])("reports processor time taken just then, by the reading after %d ms", (readMs, stolen) => {
    const draft = heldDraft();
    stall(draft, atMs, 1_900, "served");
    add(draft, 10, startOf.fault, startOf.recovery, {
      metric: "cpu_denied_seconds",
      tags: { cause: "steal" },
      value: 0,
    });
    change(
      draft,
      (sample) =>
        sample.metric === "cpu_denied_seconds" && sample.startedMs === startOf.fault + readMs,
      { value: 1.6 },
    );
    expect(judge(runOf(draft)).findings.find(({ id }) => id === "generator.on-time")).toMatchObject(
      {
        status: "inconclusive",
        values: [{ fact: "late", phase: "fault", maxMs: 500, stolen }],
      },
    );
    expect(
      judge(runOf(draft)).findings.find(({ id }) => id === "generator.processor"),
    ).toMatchObject({ status: "held" });
  });

  it("reports that for any number of late iterations", () => {
    const draft = heldDraft();
    add(draft, 200_000, startOf.fault, startOf.recovery, {
      metric: "start_late_ms",
      tags: { lane: "live" },
      value: 700,
    });
    for (const cause of ["steal", "throttling"])
      add(draft, 12, startOf.fault - 2_000, startOf.recovery + 2_000, {
        metric: "cpu_denied_seconds",
        tags: { cause },
        value: 0.41,
      });
    expect(judge(runOf(draft)).findings.find(({ id }) => id === "generator.on-time")).toMatchObject(
      { values: [{ fact: "late", stolen: expect.closeTo(0.205, 3) }] },
    );
  });

  it("is tolerated if it is too short to have changed anything", () => {
    const draft = heldDraft();
    change(
      draft,
      (sample) => sample.metric === "start_late_ms" && within(atMs, atMs + 100)(sample),
      { value: 520 },
    );
    expect(judge(runOf(draft)).status).toBe("held");
  });
});

describe("stalls", () => {
  it("are merged where they touch, and have a catch-up window of their own length", () => {
    const late = (samples: readonly (readonly [number, number])[]) => [
      {
        metric: "start_late_ms",
        kind: "duration" as const,
        tags: {},
        atMs: Float64Array.from(samples, ([at]) => at),
        values: Float64Array.from(samples, ([, value]) => value),
      },
    ];
    const stalls = stallsOf(
      late([
        [3_000, 1_000],
        [3_100, 400],
        [500, 200],
        [9_000, 300],
      ]),
    );
    expect(stalls).toEqual([
      { fromMs: 2_000, untilMs: 3_100 },
      { fromMs: 8_700, untilMs: 9_000 },
    ]);
    expect(withCatchUp(stalls)).toEqual([
      { fromMs: 2_000, untilMs: 4_200 },
      { fromMs: 8_700, untilMs: 9_300 },
    ]);
    expect(
      [
        [0, 1_999],
        [0, 2_000],
        [4_000, 4_100],
        [4_201, 8_699],
        [9_300, 9_400],
        [9_301, 9_400],
      ].map(([from, until]) => overlaps(withCatchUp(stalls), from as number, until as number)),
    ).toEqual([false, true, true, false, true, false]);
  });
});
