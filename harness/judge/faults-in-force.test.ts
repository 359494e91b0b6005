/** Whether an alert fired and cleared, judged from whole records. */
import { describe, expect, it } from "vitest";
import {
  add,
  type Draft,
  heldDraft,
  phaseMs,
  reporter,
  runOf,
  zeroMs,
} from "../../test/support/judge/held-run.ts";
import type { Claim } from "../claims/statistics/registry.ts";
import { registryOf } from "../record/metric-registry.ts";
import type { Layout } from "../target/layout.ts";
import type { Status } from "../record/verdict.ts";
import { judge } from "./judge.ts";

const alert = { service: "alertmanager", alert: "Down" };
const claim = (statistic: "firesAfter" | "clearsAfter", phase: "fault" | "recovery"): Claim => ({
  id: statistic.toLowerCase(),
  title: statistic,
  metric: "alert_firing",
  where: { alert: "Down" },
  statistic,
  comparison: "<=",
  limit: 10_000,
  unit: "ms",
  during: [phase],
  samplesMin: 3,
});
const telemetry = [{ kind: "alertmanager", port: "http", alerts: ["Down"] }];
const metrics = registryOf({ services: [{ telemetry }] } as unknown as Layout);

/**
 * The held run with an Alertmanager that is read every 2 s. `spans`: when the alert fires, in ms
 * after the baseline began. The fault acts at 24 s and is healed at 32 s.
 */
function judged(
  spans: readonly (readonly [number, number])[],
  isRead: (ms: number) => boolean = () => true,
): Readonly<Record<string, Status>> {
  const draft: Draft = heldDraft();
  draft.plan = {
    ...draft.plan,
    hypothesis: [
      ...draft.plan.hypothesis,
      claim("firesAfter", "fault"),
      claim("clearsAfter", "recovery"),
    ],
    metrics: { ...metrics, ...draft.plan.metrics },
    telemetry: [
      ...(draft.plan.telemetry ?? []),
      reporter("alertmanager", { service: "alertmanager" }, [], "alert_firing", "gauge"),
    ],
  };
  for (let ms = -3_000; ms < 3 * phaseMs; ms += 2_000)
    if (isRead(ms)) {
      const isOn = spans.some(([from, until]) => ms >= from && ms < until);
      const atMs = zeroMs + ms;
      add(draft, 1, atMs, atMs, { metric: "alert_firing", tags: alert, value: isOn ? 1 : 0 });
    }
  // An Alertmanager works, whether an alert fires or not.
  for (let ms = -3_000; ms < 3 * phaseMs; ms += 2_000)
    add(draft, 1, zeroMs + ms, zeroMs + ms, {
      metric: "io_bytes",
      tags: { service: "alertmanager", direction: "read" },
      value: 500_000,
    });
  draft.plan = {
    ...draft.plan,
    services: [
      ...draft.plan.services,
      { name: "alertmanager", kind: "alertmanager", region: "own", zone: "own" },
    ],
  };
  const run = runOf(draft);
  const series = run.series.map((one) =>
    one.metric === "alert_firing" ? { ...one, kind: "gauge" as const } : one,
  );
  const { status, findings } = judge({ ...run, series });
  const of = (id: string): Status =>
    findings.find((finding) => finding.id === id)?.status ?? "inconclusive";
  return {
    run: status,
    fires: of("claim.firesafter"),
    clears: of("claim.clearsafter"),
    readings: of("target.readings"),
  };
}

describe("an alert", () => {
  it("that fires after the fault and clears after the heal holds", () => {
    expect(judged([[30_000, 37_000]])).toEqual({
      run: "held",
      fires: "held",
      clears: "held",
      readings: "held",
    });
  });

  it("that never fires, or fires too late, is refuted", () => {
    expect(judged([])).toMatchObject({ run: "refuted", fires: "refuted" });
    expect(judged([[37_000, 39_000]])).toMatchObject({ run: "refuted", fires: "refuted" });
  });

  it("that does not clear, or comes back, is refuted", () => {
    expect(judged([[30_000, 99_000]])).toMatchObject({ fires: "held", clears: "refuted" });
    expect(
      judged([
        [30_000, 37_000],
        [50_000, 55_000],
      ]),
    ).toMatchObject({ clears: "refuted" });
  });

  it("that fired before the fault is not the fault's", () => {
    for (const early of [
      [[10_000, 37_000]],
      [
        [2_000, 6_000],
        [30_000, 37_000],
      ],
    ] as const)
      expect(judged(early)).toMatchObject({ run: "inconclusive", fires: "inconclusive" });
  });

  it("of a service that was not read, or not all the time, shows nothing", () => {
    expect(judged([[30_000, 37_000]], () => false)).toMatchObject({
      run: "inconclusive",
      fires: "inconclusive",
      readings: "inconclusive",
    });
    expect(judged([[30_000, 37_000]], (ms) => ms < 40_000)).toMatchObject({
      run: "inconclusive",
      readings: "inconclusive",
    });
  });
});
