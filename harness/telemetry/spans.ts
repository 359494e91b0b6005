/**
 * Phases and faults of a run as gauges that are 1 while they last, so that a dashboard can shade
 * them.
 */
import { describeFault } from "../faults/faults.ts";
import type { RunEvent } from "../record/events.ts";
import { attributesOf, type Metric, nano, type NumberPoint } from "./points.ts";

export interface Span {
  /** A point of value 1 for each covered time, and one of 0 for the first time after it. */
  at(times: readonly number[], startNano: string): Metric[];
}

export function spansOf(events: readonly RunEvent[], endMs: number): Span[] {
  return [...phases(events, endMs), ...faults(events, endMs)];
}

function phases(events: readonly RunEvent[], endMs: number): Span[] {
  const changes = events.filter((event) => event.kind === "phase");
  return changes.map((event, index) =>
    span(
      "seawall.phase",
      { phase: event.phase },
      "which part of the run is on",
      event.atMs,
      changes[index + 1]?.atMs ?? endMs,
    ),
  );
}

function faults(events: readonly RunEvent[], endMs: number): Span[] {
  return events
    .filter((event) => event.kind === "injected")
    .filter((event) => event.evidence.landed)
    .map((event) => {
      const healed = events.find((other) => other.kind === "healed" && other.step === event.step);
      return span(
        "seawall.fault",
        { fault: describeFault(event.fault), step: String(event.step + 1) },
        "a fault that was seen to land, until it was healed",
        event.atMs,
        healed?.atMs ?? endMs,
      );
    });
}

function span(
  name: string,
  tags: Readonly<Record<string, string>>,
  description: string,
  fromMs: number,
  untilMs: number,
): Span {
  const gauge = spanGauge(name, tags, description);
  let closed = false;
  return {
    at(times, startTimeUnixNano) {
      const dataPoints = times
        .filter((atMs) => atMs >= fromMs && !closed)
        .flatMap((atMs) => {
          if (closed) return [];
          closed = atMs >= untilMs;
          return [gauge.point(closed ? 0 : 1, atMs, startTimeUnixNano)];
        });
      return dataPoints.length === 0 ? [] : [gauge.metric(dataPoints)];
    },
  };
}

/** Without a unit: Prometheus would call a gauge of the unit 1 a ratio. */
function spanGauge(
  name: string,
  tags: Readonly<Record<string, string>>,
  description: string,
): {
  point(asDouble: 0 | 1, atMs: number, startTimeUnixNano: string): NumberPoint;
  metric(dataPoints: readonly NumberPoint[]): Metric;
} {
  const attributes = attributesOf(tags);
  return {
    point: (asDouble, atMs, startTimeUnixNano) => ({
      attributes,
      startTimeUnixNano,
      timeUnixNano: nano(atMs),
      asDouble,
    }),
    metric: (dataPoints) => ({ name, unit: "", description, gauge: { dataPoints } }),
  };
}
