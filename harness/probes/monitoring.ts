/**
 * Reads what the target's own monitoring says: answers of Prometheus to queries, and the alerts
 * that an Alertmanager holds.
 */
import type { SampleSink } from "../metrics/samples.ts";
import { type Alerting, alertMetric, type Queried } from "../target/layout.ts";
import type { Answer } from "../system/network.ts";
import { labelsFrom } from "./prometheus.ts";

/** A query whose labels are new in each answer would fill the memory. */
const seriesMax = 500;

export interface MonitoringReading {
  readonly service: string;
  get(path: string): Promise<Answer>;
  nowMs(): number;
  readonly sink: SampleSink;
}

interface QueryAnswer {
  readonly status?: string;
  readonly data?: {
    readonly resultType?: string;
    readonly result?: unknown;
  };
}

/**
 * An answer without a series, or that is no number, leaves no sample: what Prometheus does not know
 * is missing. Rejects when any query was not answered.
 */
export async function readQueries(
  { queries }: Queried,
  { service, get, nowMs, sink }: MonitoringReading,
): Promise<void> {
  const asked = Object.entries(queries).map(async ([metric, { query }]) => {
    const path = `/api/v1/query?${new URLSearchParams({ query, lookback_delta: "30s" })}`;
    const { status, body } = await get(path);
    if (status !== 200) throw new Error(`${service} answered ${status} to ${query}`);
    const { data } = JSON.parse(body) as QueryAnswer;
    const series = seriesIn(data);
    if (series.length > seriesMax) throw new Error(`${query} has ${series.length} series`);
    for (const { labels, value } of series) {
      const { __name__: _, ...own } = labels;
      const tags = labelsFrom(service, own);
      if (Number.isFinite(value))
        sink.sample(sink.series({ metric, kind: "gauge", tags }), nowMs(), value);
    }
  });
  await Promise.all(asked);
}

/** https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries */
function seriesIn(
  data: QueryAnswer["data"],
): readonly { readonly labels: Record<string, string>; readonly value: number }[] {
  const { resultType, result } = data ?? {};
  if (!Array.isArray(result)) return [];
  if (resultType === "scalar") return [{ labels: {}, value: Number(result[1]) }];
  if (resultType !== "vector") return [];
  return (
    result as readonly {
      readonly metric: Record<string, string>;
      readonly value: readonly [number, string];
    }[]
  ).map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** Silenced or inhibited alerts notify no user, so they do not count as firing. */
export async function readAlerts(
  { alerts }: Alerting,
  { service, get, nowMs, sink }: MonitoringReading,
): Promise<void> {
  const { status, body } = await get("/api/v2/alerts?active=true&silenced=false&inhibited=false");
  if (status !== 200) throw new Error(`${service} answered ${status}`);
  const all = JSON.parse(body) as readonly {
    readonly labels?: { readonly alertname?: string };
    readonly status?: { readonly state?: string };
  }[];
  const firing = new Set(
    all
      .filter((one) => one.status?.state === "active")
      .map(({ labels }) => labels?.alertname ?? ""),
  );
  recordAlerts({ service, sink }, alerts, nowMs(), (alert) => firing.has(alert));
}

/** One reading of each watched alert. */
export function recordAlerts(
  { service, sink }: Pick<MonitoringReading, "service" | "sink">,
  alerts: readonly string[],
  atMs: number,
  isFiring: (alert: string) => boolean,
): void {
  for (const alert of alerts) {
    const series = sink.series({ metric: alertMetric, kind: "gauge", tags: { alert, service } });
    sink.sample(series, atMs, isFiring(alert) ? 1 : 0);
  }
}
