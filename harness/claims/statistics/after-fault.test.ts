import { describe, expect, it } from "vitest";
import type { SeriesData } from "../../metrics/samples.ts";
import { faultMetric } from "./after-fault.ts";
import { type Claim, statisticOf } from "./registry.ts";

/** A fault from 10 to 20 s; the phases of fault and recovery end at 30 and at 60 s. */
const fault: SeriesData = {
  metric: faultMetric,
  kind: "duration",
  tags: {},
  atMs: Float64Array.of(20_000),
  values: Float64Array.of(10_000),
};
const windows = {
  firesAfter: { fromMs: 8_000, untilMs: 30_000 },
  clearsAfter: { fromMs: 30_000, untilMs: 60_000 },
};

/** Readings every 2 s from the first second on; on in each of these spans of seconds. */
function alert(...spans: readonly (readonly [number, number])[]): SeriesData {
  const atMs = Float64Array.from({ length: 30 }, (_, index) => 1_000 + index * 2_000);
  const isOn = (ms: number): boolean =>
    spans.some(([from, until]) => ms >= from * 1_000 && ms < until * 1_000);
  return {
    metric: "alert_firing",
    kind: "gauge",
    tags: { alert: "Down" },
    atMs,
    values: atMs.map((ms) => (isOn(ms) ? 1 : 0)),
  };
}

function observed(
  statistic: keyof typeof windows,
  limit: number,
  all: readonly SeriesData[],
  dropped = 0,
) {
  const claim = {
    title: "t",
    metric: "alert_firing",
    statistic,
    comparison: "<=",
    limit,
    during: ["fault"],
    samplesMin: 1,
  } as Claim;
  const selected = all.filter(({ metric }) => metric === "alert_firing");
  return statisticOf(claim).observe(claim, { window: windows[statistic], all, selected, dropped });
}

describe("firesAfter", () => {
  it("counts from the fault's act to the first reading that says so", () => {
    expect(observed("firesAfter", 15_000, [fault, alert([14, 25])])).toMatchObject({
      value: 5_000,
      worst: 5_000,
    });
  });

  it("is as long as the rest of the phase without an alert, so that silence is refuted", () => {
    expect(observed("firesAfter", 15_000, [fault, alert()]).value).toBe(20_000);
  });

  it("cannot tell where the phase ended before the limit", () => {
    expect(observed("firesAfter", 25_000, [fault, alert()])).toMatchObject({
      value: null,
      doubt: "short",
    });
  });

  it("does not take an alert that fired before the fault for the fault's", () => {
    for (const early of [alert([2, 25]), alert([2, 6], [14, 25])])
      expect(observed("firesAfter", 15_000, [fault, early])).toMatchObject({ doubt: "before" });
  });

  it("needs a reading before the fault, a fault, and readings at all", () => {
    const late = alert([14, 25]);
    const from = late.atMs.findIndex((ms) => ms > 12_000);
    const unseen = { ...late, atMs: late.atMs.slice(from), values: late.values.slice(from) };
    expect(observed("firesAfter", 15_000, [fault, unseen])).toMatchObject({ doubt: "before" });
    expect(observed("firesAfter", 15_000, [alert([14, 25])]).value).toBeNull();
    expect(observed("firesAfter", 15_000, [fault]).value).toBeNull();
  });
});

describe("clearsAfter", () => {
  it("counts from the last heal to the reading after which nothing fires", () => {
    expect(observed("clearsAfter", 15_000, [fault, alert([14, 33])]).value).toBe(13_000);
  });

  it("counts to the last clearing of one that comes back", () => {
    expect(observed("clearsAfter", 15_000, [fault, alert([14, 25], [40, 50])]).value).toBe(31_000);
  });

  it("is too long where it fires to the end", () => {
    expect(observed("clearsAfter", 15_000, [fault, alert([14, 99])]).value).toBe(40_000);
  });

  it("does not call cleared what never fired", () => {
    expect(observed("clearsAfter", 15_000, [fault, alert()])).toMatchObject({ doubt: "never" });
  });
});
