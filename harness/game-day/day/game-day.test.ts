import { everyMetric, heldDraft, runOf } from "../../../test/support/judge/held-run.ts";
import { describe, expect, it } from "vitest";
import type { Verdict } from "../../record/verdict.ts";
import { exitCodes } from "../../base/errors.ts";
import type { SampleSink } from "../../metrics/samples.ts";
import { judge } from "../../judge/judge.ts";
import { dayOf, stepOf } from "../../../test/support/game-day/day.ts";
import { ClaimsSoFar } from "./claims-so-far.ts";
import type { DayEvent, DayHappening, Outcome } from "./day.ts";
import type { GameDay } from "./game-day.ts";
import { gameDayProblems } from "./game-day-schema.ts";
import { judgeDay } from "./judge-day.ts";
import { type Second, Seconds } from "./seconds.ts";

const good: GameDay = {
  name: "a-day",
  title: "A day",
  purpose: "To know.",
  waitMsMax: 60_000,
  steps: [{ experiment: "origin-storm" }],
};

describe("a game day's file", () => {
  it("reports all its problems at once", () => {
    expect(gameDayProblems(good)).toEqual([]);
    const problems = gameDayProblems({
      ...good,
      name: "A Day",
      waitMsMax: 5,
      roles: [{ name: "boss", may: ["fly"] }],
      steps: [{ experiment: "", hold: { waitMsMax: 1e9 }, without: "collapsing" }],
      extra: 1,
    });
    for (const where of [
      "name:",
      "waitMsMax:",
      "roles.0.may.0:",
      "steps.0.experiment:",
      "steps.0.hold.waitMsMax:",
      "steps.0.without:",
      "game day:",
    ])
      expect(problems, where).toContainEqual(expect.stringContaining(where));
  });

  it("needs a role that may decide, and one that may stop", () => {
    expect(
      gameDayProblems({
        ...good,
        roles: [
          { name: "one", may: ["note"] },
          { name: "one", may: [] },
        ],
      }),
    ).toEqual([
      'roles: "one" occurs twice',
      expect.stringContaining("no role may decide"),
      expect.stringContaining("no role may stop"),
    ]);
  });
});

const outcome = (
  result: Outcome["result"],
  exitCode: number,
  changes: Partial<Outcome> = {},
): Outcome => ({ result, why: "so", exitCode, aborted: null, cleanup: "clean", ...changes });
const log = (...all: DayHappening[]): DayEvent[] =>
  all.map((one, index) => ({ ...one, seq: index + 1, atMs: index }) as DayEvent);

describe("the result of a day", () => {
  const day = dayOf([stepOf("one"), stepOf("two", { expect: "refuted", without: ["x"] })]);
  const both = (first: Outcome, second: Outcome, more: DayHappening[] = []): DayEvent[] =>
    log(
      { kind: "opened", again: false },
      { kind: "ended", step: 0, outcome: first },
      { kind: "ended", step: 1, outcome: second },
      ...more,
    );

  it.each<[string, DayEvent[], string, number]>([
    ["all as expected", both(outcome("held", 0), outcome("refuted", 1)), "held", exitCodes.held],
    [
      "a control that held",
      both(outcome("held", 0), outcome("held", 0)),
      "refuted",
      exitCodes.refuted,
    ],
    [
      "a refuted step",
      both(outcome("refuted", 1), outcome("refuted", 1)),
      "refuted",
      exitCodes.refuted,
    ],
    [
      "an inconclusive control",
      both(outcome("held", 0), outcome("inconclusive", 2)),
      "inconclusive",
      exitCodes.inconclusive,
    ],
    [
      "a step that was left out",
      both(outcome("held", 0), outcome(null, 2)),
      "inconclusive",
      exitCodes.inconclusive,
    ],
    [
      "a step that held and left something behind",
      both(outcome("held", 4, { cleanup: "incomplete" }), outcome("refuted", 1)),
      "inconclusive",
      exitCodes.cleanupIncomplete,
    ],
    [
      "a step that ended by a condition of its own",
      both(outcome("refuted", 3, { aborted: "claim" }), outcome("refuted", 1)),
      "refuted",
      exitCodes.aborted,
    ],
    [
      "a day that was stopped",
      both(outcome("held", 0), outcome("inconclusive", 130, { aborted: "user" }), [
        { kind: "stopped", by: { role: "conductor", name: null } },
      ]),
      "inconclusive",
      exitCodes.interrupted,
    ],
    [
      "a day cut short",
      log(
        { kind: "opened", again: false },
        { kind: "ended", step: 0, outcome: outcome("held", 0) },
        { kind: "began", step: 1 },
      ),
      "inconclusive",
      exitCodes.inconclusive,
    ],
    ["nothing", [], "inconclusive", exitCodes.inconclusive],
  ])("%s", (_what, events, status, exitCode) => {
    expect(judgeDay(day, events, [null, null])).toMatchObject({ status, exitCode });
  });

  it("reports that a held control was expected to be refuted", () => {
    expect(judgeDay(day, both(outcome("held", 0), outcome("held", 0)), [null, null]).why).toBe(
      "1 of 2 steps ended as expected; step 2 (two) held, though a control must be refuted.",
    );
    expect(
      judgeDay(day, both(outcome("refuted", 1), outcome("refuted", 1)), [null, null]).why,
    ).toBe("1 of 2 steps ended as expected; step 1 (one) was refuted.");
  });

  it("uses the verdict on disk, and nothing else", () => {
    const refuted = {
      ...judge(runOf(heldDraft())),
      status: "refuted",
      why: "judged again",
    } as Verdict;
    expect(
      judgeDay(day, both(outcome("held", 0), outcome("refuted", 1)), [refuted, null]).steps[0],
    ).toMatchObject({ status: "refuted", asExpected: false, why: "judged again" });
  });
});

const nowhere = (): SampleSink & { samples: number } => {
  const sink = {
    samples: 0,
    next: 0,
    series: () => sink.next++,
    sample: () => {
      sink.samples++;
    },
  };
  return sink;
};

describe("live seconds", () => {
  it("count each request once, in its lane, whenever it arrives, and pass on every sample", () => {
    const published: Second[] = [];
    const inner = nowhere();
    const seconds = new Seconds(inner, { metrics: everyMetric }, 2_000, (second) =>
      published.push(second),
    );
    const live = seconds.series({
      metric: "segment_ms",
      kind: "duration",
      tags: { lane: "live", outcome: "served" },
    });
    const shed = seconds.series({
      metric: "segment_ms",
      kind: "duration",
      tags: { lane: "dvr", outcome: "shed" },
    });
    const other = seconds.series({
      metric: "resident_bytes",
      kind: "gauge",
      tags: { service: "x" },
    });
    seconds.sample(shed, 10_100, 3);
    for (let index = 0; index < 1_000; index++)
      seconds.sample(live, 10_000 + index * 7 + (index % 5) * 300, index % 100);
    seconds.sample(other, 11_000, 5);
    seconds.end();
    expect(inner.samples).toBe(1_002);
    expect(published.reduce((sum, second) => sum + (second.lanes["live"]?.served ?? 0), 0)).toBe(
      1_000,
    );
    expect(published.map((second) => second.runMs)).toEqual(
      published.map((_, index) => 10_000 + index * 1_000),
    );
    expect(published[0]?.lanes["dvr"]).toMatchObject({ served: 0, shed: 1 });
    expect(published[3]?.lanes["live"]?.p99Ms).toBe(99);
    // A second without samples is reported, too.
    seconds.sample(live, 30_000, 1);
    seconds.passed(33_000);
    expect(published.slice(-2).map((second) => second.lanes["live"]?.served ?? 0)).toEqual([1, 0]);
  });

  it("are not invented for the time that a clock skips", () => {
    const published: Second[] = [];
    const seconds = new Seconds(nowhere(), { metrics: everyMetric }, 2_000, (second) =>
      published.push(second),
    );
    const live = seconds.series({
      metric: "segment_ms",
      kind: "duration",
      tags: { lane: "live", outcome: "served" },
    });
    seconds.sample(live, 10_000, 1);
    seconds.sample(live, 9e12, 1);
    seconds.sample(live, 11_000, 1);
    seconds.passed(9e12);
    seconds.sample(live, 9e12, 1);
    seconds.end();
    expect(published.length).toBeLessThan(10);
    expect(published.reduce((sum, second) => sum + (second.lanes["live"]?.served ?? 0), 0)).toBe(4);
  });

  it("count the good samples of the harm metric as served", () => {
    const published: Second[] = [];
    const order = {
      kind: "duration",
      unit: "ms",
      source: "generator",
      tags: ["lane", "outcome"],
      meaning: "one order",
    } as const;
    const harm = {
      metric: "order_ms",
      having: { outcome: "placed" },
      classes: [{ lane: "order", title: "Orders" }],
      waitTitle: "",
      eachTitle: "",
    };
    const seconds = new Seconds(
      nowhere(),
      { metrics: { order_ms: order }, harm },
      1_000,
      (second) => published.push(second),
    );
    for (const outcome of ["placed", "lost"])
      seconds.sample(
        seconds.series({ metric: "order_ms", kind: "duration", tags: { lane: "order", outcome } }),
        10_000,
        5,
      );
    seconds.end();
    expect(published[0]?.lanes["order"]).toMatchObject({ served: 1, lost: 1, shed: 0 });
  });
});

describe("claims so far", () => {
  it("match the judge's at the end, and are open until then", () => {
    const run = runOf(heldDraft());
    const claims = new ClaimsSoFar(nowhere(), run.plan);
    const ids = run.series.map((series) => claims.series(series));
    run.series.forEach((series, at) => {
      for (let index = 0; index < series.atMs.length; index++)
        claims.sample(
          ids[at] as number,
          series.atMs[index] as number,
          series.values[index] as number,
        );
    });
    const lastMs = run.events.at(-1)?.atMs ?? 0;
    const whole = claims.at(lastMs + 60_000, run.events);
    const judged = judge(run).findings.filter((finding) => finding.kind === "claim");
    expect(whole.map(({ open: _open, ...finding }) => finding)).toEqual(judged);
    const recovery = run.events.findIndex(
      (event) => event.kind === "phase" && event.phase === "recovery",
    );
    const during = new ClaimsSoFar(nowhere(), run.plan).at(
      (run.events[recovery]?.atMs ?? 0) + 1,
      run.events.slice(0, recovery + 1),
    );
    expect(
      new Set(during.filter((finding) => finding.open).map((finding) => finding.phase)),
    ).toEqual(new Set(["recovery"]));
    expect(during.every((finding) => finding.status === "inconclusive")).toBe(true);
  });
});
