/**
 * Converts a recorded run to OpenTelemetry metrics (OTLP, JSON encoding), to be shown in a user's
 * own Grafana. Durations become histograms and counters become sums, both cumulative from the start
 * of the load. Readings become gauges. Phases and faults become gauges that are 1 while they last.
 * Format: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import type { Registry } from "../metrics/metrics.ts";
import type { Run } from "../record/run.ts";
import type { SeriesData } from "../metrics/samples.ts";
import { type HistogramPoint, type Metric, nano, type NumberPoint } from "./points.ts";
import { type ExportRequest, requestOf, resourceOf } from "./requests.ts";
import { spansOf } from "./spans.ts";
import { SeriesTotals } from "./totals.ts";

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
  const resource = resourceOf(run.id, run.plan, options.attributes);
  for (
    let fromMs = startMs;
    fromMs <= endMs;
    fromMs += options.everyMs * options.pointsPerRequest
  ) {
    const times = Array.from(
      { length: options.pointsPerRequest },
      (_, index) => fromMs + (index + 1) * options.everyMs,
    ).filter((atMs) => atMs <= endMs + options.everyMs);
    const request = requestOf(resource, [
      ...cursors.flatMap((cursor) => cursor.take(times)),
      ...spans.flatMap((span) => span.at(times, nano(startMs))),
    ]);
    if (request !== null) yield request;
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

/** Iterates over one series once, and keeps its totals. */
class SeriesCursor {
  readonly #series: SeriesData;
  readonly #totals: SeriesTotals;
  readonly #order: Uint32Array;
  #next = 0;

  constructor(series: SeriesData, metrics: Registry, startMs: number) {
    this.#series = series;
    this.#totals = new SeriesTotals(series, metrics, startMs);
    this.#order = Uint32Array.from(series.atMs.keys()).sort(
      (a, b) => (series.atMs[a] as number) - (series.atMs[b] as number),
    );
  }

  take(times: readonly number[]): Metric[] {
    const points: (NumberPoint | HistogramPoint)[] = [];
    for (const atMs of times) {
      this.#advance(atMs);
      if (this.#totals.isNew) points.push(this.#totals.point(atMs));
    }
    return points.length === 0 ? [] : [this.#totals.metric(points)];
  }

  /** Consumes all samples before `atMs`. */
  #advance(atMs: number): void {
    for (; this.#next < this.#order.length; this.#next++) {
      const index = this.#order[this.#next] as number;
      if ((this.#series.atMs[index] as number) >= atMs) break;
      this.#totals.add(this.#series.values[index] as number);
    }
  }
}
