/**
 * The running totals of one series, as OpenTelemetry wants them: durations as a histogram, counters
 * as a sum, readings as their last value. Histogram and sum are cumulative.
 */
import { metricIn, type Registry } from "../metrics/metrics.ts";
import type { Series } from "../metrics/samples.ts";
import {
  type Attribute,
  attributesOf,
  type HistogramPoint,
  type Metric,
  nano,
  type NumberPoint,
} from "./points.ts";

/** Upper bounds in ms: the default of OpenTelemetry's SDKs, so that existing dashboards work. */
export const boundsMs = [
  0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000,
] as const;

export class SeriesTotals {
  readonly #series: Series;
  readonly #description: string;
  readonly #attributes: readonly Attribute[];
  readonly #startNano: string;
  readonly #counts = new Array<number>(boundsMs.length + 1).fill(0);
  #count = 0;
  #sum = 0;
  #last = 0;
  #isNew = false;

  constructor(series: Series, metrics: Registry, startMs: number) {
    this.#series = series;
    this.#description = metricIn(metrics, series.metric)?.meaning ?? "";
    this.#attributes = attributesOf(series.tags);
    this.#startNano = nano(startMs);
  }

  /** Whether anything was added since the last point. */
  get isNew(): boolean {
    return this.#isNew;
  }

  add(value: number): void {
    this.#isNew = true;
    this.#count++;
    this.#sum += value;
    this.#last = value;
    if (this.#series.kind !== "duration") return;
    const bucket = boundsMs.findIndex((bound) => value <= bound);
    const slot = bucket < 0 ? boundsMs.length : bucket;
    this.#counts[slot] = (this.#counts[slot] as number) + 1;
  }

  point(atMs: number): NumberPoint | HistogramPoint {
    this.#isNew = false;
    const point = {
      attributes: this.#attributes,
      startTimeUnixNano: this.#startNano,
      timeUnixNano: nano(atMs),
    };
    if (this.#series.kind !== "duration")
      return { ...point, asDouble: this.#series.kind === "gauge" ? this.#last : this.#sum };
    return {
      ...point,
      count: String(this.#count),
      sum: this.#sum,
      bucketCounts: this.#counts.map(String),
      explicitBounds: boundsMs,
    };
  }

  metric(points: readonly (NumberPoint | HistogramPoint)[]): Metric {
    const about = { ...nameOf(this.#series.metric), description: this.#description };
    const numbers = points as readonly NumberPoint[];
    const aggregationTemporality = 2;
    switch (this.#series.kind) {
      case "duration":
        return {
          ...about,
          histogram: { aggregationTemporality, dataPoints: points as readonly HistogramPoint[] },
        };
      case "gauge":
        return { ...about, gauge: { dataPoints: numbers } };
      default:
        return {
          ...about,
          sum: { aggregationTemporality, isMonotonic: true, dataPoints: numbers },
        };
    }
  }
}

/**
 * `order_ms` → `seawall.order` in ms: receivers append units to names themselves. What has no unit
 * is sent without one, as Prometheus would call a gauge of the unit 1 a ratio.
 */
export function nameOf(metric: string): { name: string; unit: string } {
  for (const [ending, unit] of [
    ["_ms", "ms"],
    ["_seconds", "s"],
    ["_bytes", "By"],
    ["_total", ""],
  ] as const) {
    if (metric.endsWith(ending))
      return { name: `seawall.${metric.slice(0, -ending.length)}`, unit };
  }
  return { name: `seawall.${metric}`, unit: "" };
}
