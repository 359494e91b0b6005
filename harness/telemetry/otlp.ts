/**
 * Converts a recorded run to OpenTelemetry metrics (OTLP, JSON encoding), to be shown in a user's
 * own Grafana. Durations become histograms and counters become sums, both cumulative from the start
 * of the load. Readings become gauges. Phases and faults become gauges that are 1 while they last.
 * Format: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import { metricIn, type Registry } from "../metrics/metrics.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import {
  type Attribute,
  attributesOf,
  type HistogramPoint,
  type Metric,
  nano,
  type NumberPoint,
} from "./points.ts";
import { spansOf } from "./spans.ts";

/** Upper bounds in ms: the default of OpenTelemetry's SDKs, so that existing dashboards work. */
export const boundsMs = [
  0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000,
] as const;

/** The body of one `POST /v1/metrics`. */
export interface ExportRequest {
  readonly resourceMetrics: readonly [
    {
      readonly resource: { readonly attributes: readonly Attribute[] };
      readonly scopeMetrics: readonly [
        { readonly scope: { readonly name: "seawall" }; readonly metrics: readonly Metric[] },
      ];
    },
  ];
}

export interface ExportOptions {
  /** Interval between two points of a series in ms. */
  readonly everyMs: number;
  /** The number of points per series in one request. */
  readonly pointsPerRequest: number;
  /** Further attributes of the resource: the verdict. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Requests in chronological order, as receivers expect. A series without samples in a request's
 * time range is omitted from it.
 */
export function* exportRequests(run: Run, options: ExportOptions): Generator<ExportRequest> {
  const [startMs, endMs] = extent(run);
  const cursors = run.series.map((series) => new SeriesCursor(series, run.plan.metrics, startMs));
  const spans = spansOf(run.events, endMs);
  const resource = {
    attributes: attributesOf({
      "service.name": "seawall",
      "service.instance.id": run.id,
      "seawall.experiment": run.plan.experiment,
      "seawall.target": run.plan.target,
      "seawall.topology": run.plan.topology,
      "seawall.substrate": run.plan.substrate,
      "seawall.without": run.plan.without.join(","),
      ...options.attributes,
    }),
  };
  for (
    let fromMs = startMs;
    fromMs <= endMs;
    fromMs += options.everyMs * options.pointsPerRequest
  ) {
    const times = Array.from(
      { length: options.pointsPerRequest },
      (_, index) => fromMs + (index + 1) * options.everyMs,
    ).filter((atMs) => atMs <= endMs + options.everyMs);
    const byName = new Map<string, Metric[]>();
    for (const metric of [
      ...cursors.flatMap((cursor) => cursor.take(times)),
      ...spans.flatMap((span) => span.at(times, nano(startMs))),
    ]) {
      byName.set(metric.name, [...(byName.get(metric.name) ?? []), metric]);
    }
    if (byName.size > 0)
      yield {
        resourceMetrics: [
          {
            resource,
            scopeMetrics: [
              { scope: { name: "seawall" }, metrics: [...byName.values()].map(merged) },
            ],
          },
        ],
      };
  }
}

/** From the first to the last sample; samples are only nearly in chronological order. */
function extent(run: Run): [number, number] {
  let [from, until] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const see = (atMs: number): void => {
    from = Math.min(from, atMs);
    until = Math.max(until, atMs);
  };
  for (const event of run.events)
    if (["loadStarted", "phase", "healed"].includes(event.kind)) see(event.atMs);
  for (const { atMs } of run.series) atMs.forEach(see);
  return [from, until];
}

/** Iterates over one series once, and keeps cumulative values. */
class SeriesCursor {
  readonly #series: SeriesData;
  readonly #metrics: Registry;
  readonly #attributes: readonly Attribute[];
  readonly #startNano: string;
  readonly #order: Uint32Array;
  readonly #counts = new Array<number>(boundsMs.length + 1).fill(0);
  #next = 0;
  #sum = 0;

  constructor(series: SeriesData, metrics: Registry, startMs: number) {
    this.#series = series;
    this.#metrics = metrics;
    this.#attributes = attributesOf(series.tags);
    this.#startNano = nano(startMs);
    this.#order = Uint32Array.from(series.atMs.keys()).sort(
      (a, b) => (series.atMs[a] as number) - (series.atMs[b] as number),
    );
  }

  take(times: readonly number[]): Metric[] {
    const numbers: NumberPoint[] = [];
    const histograms: HistogramPoint[] = [];
    for (const atMs of times) {
      const seen = this.#advance(atMs);
      if (seen === null) continue;
      const point = {
        attributes: this.#attributes,
        startTimeUnixNano: this.#startNano,
        timeUnixNano: nano(atMs),
      };
      if (this.#series.kind !== "duration")
        numbers.push({ ...point, asDouble: this.#series.kind === "gauge" ? seen : this.#sum });
      else
        histograms.push({
          ...point,
          count: String(this.#next),
          sum: this.#sum,
          bucketCounts: this.#counts.map(String),
          explicitBounds: boundsMs,
        });
    }
    if (numbers.length + histograms.length === 0) return [];
    const description = metricIn(this.#metrics, this.#series.metric)?.meaning ?? "";
    const { name, unit } = nameOf(this.#series.metric);
    if (this.#series.kind === "duration")
      return [
        {
          name,
          unit,
          description,
          histogram: { aggregationTemporality: 2, dataPoints: histograms },
        },
      ];
    if (this.#series.kind === "gauge")
      return [{ name, unit, description, gauge: { dataPoints: numbers } }];
    return [
      {
        name,
        unit,
        description,
        sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: numbers },
      },
    ];
  }

  /**
   * Consumes all samples before `atMs`; returns the value of the last one, null if there was none.
   */
  #advance(atMs: number): number | null {
    let last: number | null = null;
    for (; this.#next < this.#order.length; this.#next++) {
      const index = this.#order[this.#next] as number;
      if ((this.#series.atMs[index] as number) >= atMs) break;
      last = this.#series.values[index] as number;
      this.#sum += last;
      const bucket = boundsMs.findIndex((bound) => (last as number) <= bound);
      const slot = bucket < 0 ? boundsMs.length : bucket;
      this.#counts[slot] = (this.#counts[slot] as number) + 1;
    }
    return last;
  }
}

/** `order_ms` → `seawall.order` in ms: receivers append units to names themselves. */
function nameOf(metric: string): { name: string; unit: string } {
  for (const [ending, unit] of [
    ["_ms", "ms"],
    ["_seconds", "s"],
    ["_bytes", "By"],
    ["_total", "1"],
  ] as const) {
    if (metric.endsWith(ending))
      return { name: `seawall.${metric.slice(0, -ending.length)}`, unit };
  }
  return { name: `seawall.${metric}`, unit: "1" };
}

/** Merges series of one metric into one metric with all their points. */
function merged(parts: readonly Metric[]): Metric {
  const [first] = parts as [Metric];
  const { name, unit, description } = first;
  if (first.histogram !== undefined)
    return {
      name,
      unit,
      description,
      histogram: {
        aggregationTemporality: 2,
        dataPoints: parts.flatMap((part) => part.histogram?.dataPoints ?? []),
      },
    };
  if (first.gauge !== undefined)
    return {
      name,
      unit,
      description,
      gauge: { dataPoints: parts.flatMap((part) => part.gauge?.dataPoints ?? []) },
    };
  return {
    name,
    unit,
    description,
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: parts.flatMap((part) => part.sum?.dataPoints ?? []),
    },
  };
}
