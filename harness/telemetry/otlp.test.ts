import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { stormRun } from "../../test/support/report/storm-run.ts";
import { exportRequests } from "./otlp.ts";
import { boundsMs } from "./totals.ts";
import type { ExportRequest } from "./requests.ts";
import type { HistogramPoint, Metric, NumberPoint } from "./points.ts";
import { times } from "../../test/support/thorough.ts";

const options = { everyMs: 1_000, pointsPerRequest: 30, attributes: { "seawall.verdict": "held" } };

function exported(run: Run, everyMs = 1_000, pointsPerRequest = 30): Metric[] {
  return [...exportRequests(run, { ...options, everyMs, pointsPerRequest })].flatMap(
    (request) => request.resourceMetrics[0].scopeMetrics[0].metrics,
  );
}

function runOf(series: readonly SeriesData[]): Run {
  return { ...stormRun().run, events: [], series };
}

const pointsOf = (all: readonly Metric[], name: string): (NumberPoint | HistogramPoint)[] =>
  all
    .filter((metric) => metric.name === name)
    .flatMap((metric) => [
      ...(metric.sum?.dataPoints ?? []),
      ...(metric.gauge?.dataPoints ?? []),
      ...(metric.histogram?.dataPoints ?? []),
    ]);
const last = <T>(points: readonly T[]): T => points.at(-1) as T;

function series(
  kind: SeriesData["kind"],
  metric: string,
  samples: readonly (readonly [number, number])[],
): SeriesData {
  return {
    kind,
    metric,
    tags: { lane: "live" },
    atMs: Float64Array.from(samples.map(([at]) => at)),
    values: Float64Array.from(samples.map(([, value]) => value)),
  };
}

describe("a run as OpenTelemetry metrics", () => {
  const { run } = stormRun();
  const all = exported(run);

  it("names its source", () => {
    const [request] = exportRequests(run, options) as unknown as [ExportRequest];
    const attributes = Object.fromEntries(
      request.resourceMetrics[0].resource.attributes.map(({ key, value }) => [
        key,
        value.stringValue,
      ]),
    );
    expect(attributes).toMatchObject({
      "service.name": "seawall",
      "service.instance.id": run.id,
      "seawall.experiment": "origin-storm",
      "seawall.verdict": "held",
    });
    expect(attributes).not.toHaveProperty("seawall.without");
  });

  it("loses no sample and invents none", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.integer({ min: 0, max: 90_000 }),
            fc.double({ min: 0, max: 20_000, noNaN: true }),
          ),
          { minLength: 1, maxLength: 100 },
        ),
        fc.integer({ min: 100, max: 20_000 }),
        fc.integer({ min: 1, max: 40 }),
        (samples, everyMs, perRequest) => {
          const points = pointsOf(
            exported(
              runOf([
                series(
                  "duration",
                  "segment_ms",
                  samples.map(([at, value]) => [1.7e12 + at, value] as const),
                ),
              ]),
              everyMs,
              perRequest,
            ),
            "seawall.segment",
          ) as HistogramPoint[];
          const end = last(points);
          expect(Number(end.count)).toBe(samples.length);
          expect(end.sum).toBeCloseTo(
            samples.reduce((sum, [, value]) => sum + value, 0),
            3,
          );
          end.bucketCounts.forEach((count, index) => {
            const [from, to] = [
              boundsMs[index - 1] ?? Number.NEGATIVE_INFINITY,
              boundsMs[index] ?? Number.POSITIVE_INFINITY,
            ];
            expect(Number(count)).toBe(
              samples.filter(([, value]) => value > from && value <= to).length,
            );
          });
          points.slice(1).forEach((point, index) => {
            expect(BigInt(point.timeUnixNano) > BigInt(points[index]?.timeUnixNano ?? 0)).toBe(
              true,
            );
            expect(Number(point.count)).toBeGreaterThanOrEqual(Number(points[index]?.count));
          });
        },
      ),
      { numRuns: times(8) },
    );
  });

  it("sums counters, and leaves gauges unchanged", () => {
    const two = exported(
      runOf([
        series("increment", "origin_gets", [
          [1.7e12, 3],
          [1.7e12 + 1_500, 4],
        ]),
        series("gauge", "resident_bytes", [
          [1.7e12, 100],
          [1.7e12 + 1_500, 70],
        ]),
      ]),
    );
    expect(
      pointsOf(two, "seawall.origin_gets").map((point) => (point as NumberPoint).asDouble),
    ).toEqual([3, 7]);
    expect(
      pointsOf(two, "seawall.resident").map((point) => (point as NumberPoint).asDouble),
    ).toEqual([100, 70]);
  });

  it("writes times in nanoseconds, which a double could not hold", () => {
    const [point] = pointsOf(
      exported(runOf([series("gauge", "resident_bytes", [[1_795_280_820_260.25, 1]])])),
      "seawall.resident",
    );
    expect(point?.timeUnixNano).toBe("1795280821260250000");
  });

  it("shows phases and faults while they last, and their end", () => {
    const phase = pointsOf(all, "seawall.phase") as NumberPoint[];
    const named = (name: string): number[] =>
      phase
        .filter((point) => point.attributes.some(({ value }) => value.stringValue === name))
        .map((point) => point.asDouble);
    expect(named("baseline").filter((value) => value === 1).length).toBe(
      run.plan.phasesMs.baseline / 1_000,
    );
    expect(named("baseline").at(-1)).toBe(0);
    const fault = pointsOf(all, "seawall.fault") as NumberPoint[];
    expect(fault[0]?.attributes[0]?.value.stringValue).toMatch(/^kill /);
    expect(fault.map((point) => point.asDouble).filter((value) => value === 0)).toHaveLength(1);
  });

  it("is empty for an empty run", () => {
    expect(exported(runOf([]))).toEqual([]);
  });
});
