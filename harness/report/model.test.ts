import type { Harm } from "../target/harm.ts";
import { describe, expect, test } from "vitest";
import type { Run } from "../record/run.ts";
import { stormRun } from "../../test/support/report/storm-run.ts";
import { reportModel } from "./model.ts";

const { run, verdict } = stormRun();
const model = reportModel(run, verdict);
const chart = (id: string, of = model) => of.charts.find((one) => one.id === id);
const line = (id: string, label: string, of = model) =>
  chart(id, of)?.lines.find((one) => one.label === label);

describe("a complete run", () => {
  test("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(model))).toEqual(model);
  });

  test("counts every live request once, in bucket and phase", () => {
    const asked = run.series
      .filter((series) => series.metric === "segment_ms" && series.tags["lane"] === "live")
      .reduce((total, series) => total + series.values.length, 0);
    const seconds = model.axis.bucketMs / 1000;
    const drawn = chart("live-segments")
      ?.lines.flatMap((one) => one.values)
      .reduce<number>((total, value) => total + (value ?? 0) * seconds, 0);
    expect(drawn).toBeCloseTo(asked, 6);
    expect(line("live-segments", "served")?.byPhase[0]).toBe(80);
    expect(model.impact.map(({ classes }) => classes[0]?.asked)).toEqual([1600, 14_400, 1920]);
  });

  test("shows DVR shed and live served, as for the viewers", () => {
    const fault = model.impact[1];
    expect(fault?.phase).toBe("fault");
    expect(fault?.classes[0]?.servedShare).toBeGreaterThan(0.999);
    expect(fault?.classes[1]?.servedShare).toBeLessThan(0.8);
    expect(fault?.classes[1]?.shed).toBeGreaterThan(100);
    expect(fault?.classes[0]?.worstP99Ms).toBeGreaterThanOrEqual(
      fault?.classes[0]?.p99Ms ?? Number.NaN,
    );
  });

  test("places the fault by its events and shows its proof", () => {
    expect(model.faults).toEqual([
      expect.objectContaining({
        label: "kill region-a/origin-read",
        fromMs: 26_031,
        healedMs: 44_840,
        landed: true,
        evidence: "process 4711 is gone and 127.1.1.14:8080 refuses connections",
      }),
    ]);
    expect(model.phases.map(({ phase }) => phase)).toEqual([
      "lead-in",
      "baseline",
      "fault",
      "recovery",
      "drain",
    ]);
  });

  test("dates the log from the start of the baseline", () => {
    expect(model.log.find(({ text }) => text.startsWith("Baseline"))?.atMs).toBe(0);
    expect(model.log[0]).toEqual({
      atMs: -25_400,
      tone: "plain",
      text: "Run 2026-05-14T18-30-00Z-c0ffee started.",
    });
  });

  test("names what was not recorded", () => {
    expect(model.lacking).toEqual([]);
    expect(model.uncharted).toEqual(["origin_requests_total"]);
  });
});

describe("a run of another kind of target", () => {
  const { harm, ...plan } = run.plan;
  const of = (other: Run["plan"]) => reportModel({ ...run, plan: other }, verdict);

  test("shows its harm metric first, with the most protected class at the top", () => {
    const turned = of({
      ...plan,
      harm: {
        metric: "segment_ms",
        having: { outcome: "shed" },
        classes: [{ lane: "dvr", title: "Orders" }],
        waitTitle: "The wait",
        eachTitle: "Each",
      },
    });
    expect(turned.charts.slice(0, 3).map(({ id, title }) => `${id}: ${title}`)).toEqual([
      "dvr-segments: Orders: requests by outcome",
      "dvr-wait: The wait",
      "dvr-heat: Each",
    ]);
    expect(turned.impact[1]?.classes.map(({ title }) => title)).toEqual(["Orders"]);
    expect(turned.impact[1]?.classes[0]?.servedShare).toBeGreaterThan(0);
  });

  test("shows the effect on users that its pack declares, where it was measured", () => {
    const title = "Effect on buyers";
    const figure = { label: "Waits", unit: "ms", statistic: "p95" } as const;
    const figures = [
      { ...figure, metric: "segment_ms", where: { lane: "live" } },
      { ...figure, metric: "never_measured" },
    ];
    const { impact, effectsTitle } = of({
      ...plan,
      harm: { ...(harm as Harm), effects: { title, figures } },
    });
    expect(effectsTitle).toBe(title);
    expect(impact.map(({ effects }) => effects.map(({ label, unit }) => [label, unit]))).toEqual(
      impact.map(() => [["Waits", "ms"]]),
    );
    expect(impact[1]?.effects[0]?.value).toBeGreaterThan(0);
  });

  test("shows none if no harm metric is declared", () => {
    const silent = of(plan);
    expect(silent.charts.map(({ id }) => id)).not.toContain("live-segments");
    expect(silent.impact.flatMap(({ classes }) => classes)).toEqual([]);
    expect(harm).toBeDefined();
  });
});

describe("an incomplete run", () => {
  const cut = (events: number, changes: Partial<Run> = {}) =>
    reportModel(
      { ...run, events: run.events.slice(0, events), ...changes },
      { ...verdict, status: "inconclusive", findings: [] },
    );

  test("without any event or sample still has a model", () => {
    const empty = cut(0, { series: [], damage: ["events.ndjson is empty"] });
    expect([empty.charts, empty.impact, empty.faults, empty.startedAtMs]).toEqual([
      [],
      [],
      [],
      null,
    ]);
    expect(empty.lacking).toContain(
      "The record has no samples: it says nothing about what users got.",
    );
    expect(empty.lacking).toContain("Not reached: baseline, fault, recovery.");
    expect(empty.lacking).toContain("Planned, never injected: kill region-a/origin-read.");
    expect(empty.damage).toEqual(["events.ndjson is empty"]);
  });

  test("cut during the injection shows no proof of landing", () => {
    const [fault] = cut(8).faults;
    expect(fault).toMatchObject({ landed: false, healedMs: null });
    expect(fault?.evidence).toMatch(/does not show that it took effect/);
  });

  test("cut during the fault leaves its phase open to the last sample", () => {
    const half = cut(10);
    expect(half.phases.at(-1)?.phase).toBe("fault");
    expect(half.lacking).toContain(
      "The record has no end: the run was cut short or is still running.",
    );
  });

  test("with one metric only has the charts of that metric", () => {
    const sparse = reportModel(
      { ...run, series: run.series.filter((series) => series.metric === "cpu_seconds") },
      verdict,
    );
    expect(sparse.charts.map(({ id }) => id)).toEqual(["processor"]);
    expect(chart("processor", sparse)?.lines).toHaveLength(8);
  });

  test("with a missing reading shows a hole there", () => {
    const killed = line("processor", "region-a/origin-read") ?? line("processor", "7 others");
    expect(killed).toBeDefined();
    const silent = run.series.map((series) =>
      series.metric !== "cpu_seconds"
        ? series
        : { ...series, atMs: series.atMs.slice(0, 9), values: series.values.slice(0, 9) },
    );
    const values = line(
      "processor",
      "k6",
      reportModel({ ...run, series: silent }, verdict),
    )?.values;
    expect(values?.[4]).toBeGreaterThan(0);
    expect(values?.[20]).toBeNull();
  });
});

test("a fault that hit nothing is marked so", () => {
  const events = run.events.map((event) =>
    event.kind === "injected"
      ? { ...event, evidence: { landed: false, observation: "no such process" } }
      : event,
  );
  const missed = reportModel({ ...run, events }, verdict);
  expect(missed.faults[0]).toMatchObject({ landed: false, evidence: "no such process" });
  expect(missed.log.find(({ tone }) => tone === "bad")?.text).toBe(
    "Not shown to have landed: kill region-a/origin-read. no such process",
  );
});

test("an hour with many events stays bounded", () => {
  const notes = Array.from({ length: 5_000 }, (_, index) => ({
    kind: "note" as const,
    atMs: (run.events[5]?.atMs ?? 0) + index,
    text: `${index} ${"x".repeat(10_000)}`,
  }));
  const events = [...run.events.slice(0, 6), ...notes, ...run.events.slice(6)];
  const noisy = reportModel({ ...run, events }, verdict);
  expect(noisy.log.length).toBeLessThanOrEqual(601);
  expect(JSON.stringify(noisy).length).toBeLessThan(600_000);
});
