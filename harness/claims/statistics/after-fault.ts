/**
 * How soon a reading shows a fault, and how soon it shows its end: whether an alert fired and
 * cleared in time. A reading above 0 before the fault does not show the fault.
 */
import type { SeriesData } from "../../metrics/samples.ts";
import { matching, type Window } from "../../metrics/series.ts";
import type { ClaimBase } from "../claim.ts";
import {
  defineStatistic,
  nothing,
  type Observation,
  type WindowRecord,
  trusted,
} from "./statistic.ts";

/** A fault that was in force, from its act until it was healed; the judge makes it of events. */
export const faultMetric = "fault_in_force";

interface Reading {
  readonly atMs: number;
  readonly isOn: boolean;
}

const shared = {
  readsValues: true,
  others: () => [{ metric: faultMetric }],
  // A phase that is no longer than the limit could not show that it was missed.
  lengthProblem: ({ limit }: ClaimBase, phaseMs: number): string | null =>
    typeof limit === "number" && limit >= phaseMs
      ? `the limit of ${limit} ms is no shorter than the phase of ${phaseMs} ms`
      : null,
} as const;

export const firesAfter = defineStatistic({
  name: "firesAfter",
  meaning: "the ms from the first fault of the phase to the first reading above 0",
  ...shared,
  observe: (claim, sight) => {
    const fault = faultsIn(sight)[0];
    const readings = readingsOf(sight, claim);
    if (fault === undefined || readings.length === 0) return nothing;
    const before = readings.filter(({ atMs }) => atMs < fault.fromMs);
    if (before.length === 0 || before.some(({ isOn }) => isOn))
      return { ...nothing, doubt: "before" };
    const first = readings.find(({ atMs, isOn }) => isOn && atMs >= fault.fromMs);
    return elapsed(claim, sight, fault.fromMs, first?.atMs ?? null);
  },
  madeUp: (claim, window) => [turning(claim, window, 0.1, 0.15), turning(claim, window, 0.1, 2)],
});

export const clearsAfter = defineStatistic({
  name: "clearsAfter",
  meaning: "the ms from the last heal to the reading of 0 after which none is above 0",
  ...shared,
  observe: (claim, sight) => {
    const healedMs = faultsIn({ ...sight, window: { ...sight.window, fromMs: 0 } })
      .map(({ untilMs }) => untilMs)
      .reduce((last, ms) => Math.max(last, ms), 0);
    const readings = readingsOf(sight, claim);
    if (healedMs === 0 || readings.length === 0) return nothing;
    const lastOn = readings.findLast(({ isOn }) => isOn);
    // What was never on has not cleared.
    if (lastOn === undefined) return { ...nothing, doubt: "never" };
    const cleared = readings.find(({ atMs }) => atMs > lastOn.atMs);
    return elapsed(
      claim,
      sight,
      healedMs,
      cleared === undefined ? null : Math.max(cleared.atMs, healedMs),
    );
  },
  madeUp: (claim, window) => [
    turning(claim, window, -0.5, -0.4, 0.02),
    turning(claim, window, -0.5, -0.4, 2),
  ],
});

/** Those that began in the window, in the order of time. */
function faultsIn({ all, window }: WindowRecord): Window[] {
  return matching(all, { metric: faultMetric })
    .flatMap(({ atMs, values }) =>
      [...atMs].map((untilMs, index) => ({ fromMs: untilMs - (values[index] ?? 0), untilMs })),
    )
    .filter(({ fromMs }) => fromMs >= window.fromMs && fromMs < window.untilMs)
    .sort((a, b) => a.fromMs - b.fromMs);
}

/** Of all series that the claim selects, until the end of the window. */
function readingsOf({ selected, window }: WindowRecord, { metric }: ClaimBase): Reading[] {
  return selected
    .filter((series) => series.metric === metric)
    .flatMap(({ atMs, values }) =>
      [...atMs].map((at, index) => ({ atMs: at, isOn: (values[index] ?? 0) > 0 })),
    )
    .filter(({ atMs }) => atMs < window.untilMs)
    .sort((a, b) => a.atMs - b.atMs);
}

/** Null for `untilMs`: it has not happened by the end of the window. */
function elapsed(
  { limit }: ClaimBase,
  { window, dropped, selected }: WindowRecord,
  fromMs: number,
  untilMs: number | null,
): Observation {
  const samples = selected.reduce((total, { atMs }) => total + atMs.length, 0);
  const value = (untilMs ?? window.untilMs) - fromMs;
  if (untilMs === null && typeof limit === "number" && value <= limit)
    return { ...nothing, doubt: "short" };
  return trusted(Math.max(0, value), samples, dropped);
}

/**
 * A fault at `fault` of the window, and readings that are above 0 from `on` to `off` of it: parts
 * of its length.
 */
function turning(
  { metric, where = {} }: ClaimBase,
  { fromMs, untilMs }: Window,
  fault: number,
  on: number,
  off = 2,
): SeriesData[] {
  const at = (part: number): number => fromMs + part * (untilMs - fromMs);
  const parts = Array.from({ length: 200 }, (_, index) => -1 + index / 100);
  const healed = Math.max(fault, 0);
  return [
    {
      metric: faultMetric,
      kind: "duration",
      tags: {},
      atMs: Float64Array.of(at(healed)),
      values: Float64Array.of(at(healed) - at(fault)),
    },
    {
      metric,
      kind: "gauge",
      tags: where,
      atMs: Float64Array.from(parts, at),
      values: Float64Array.from(parts, (part) => (part >= on && part < off ? 1 : 0)),
    },
  ];
}
