/** The possible tag values of a stream's metrics in one layout. */
import type { Metric } from "../../../harness/metrics/metrics.ts";
import type { Layout } from "../../../harness/target/layout.ts";
import { isUnread, streamOf } from "./stream/stream.ts";
import type { StreamTelemetry } from "./telemetry.ts";

export function tagValues(
  metric: string,
  tag: string,
  { source }: Metric,
  layout: Layout,
): readonly string[] | null | undefined {
  switch (tag) {
    case "bytes":
      return metric === "segment_ms" &&
        (layout.content === undefined || streamOf(layout).digestHeader === undefined)
        ? ["looked", "unread"]
        : undefined;
    // Where a gateway sends a session.
    case "edge":
    case "home":
      return layout.entries.map(({ service }) => service);
    case "origin":
      return [
        ...new Set([
          ...layout.services.flatMap(({ name, region, zone }) => [region, zone, name]),
          "none",
        ]),
      ];
    case "rendition":
      return layout.content === undefined || isUnread(streamOf(layout))
        ? null
        : streamOf(layout).renditions.map(({ name }) => name);
    case "pipeline":
      return pipelinesOf(layout, source);
    default:
      return undefined;
  }
}

/**
 * A viewer gets the pipeline's name from the answer. Without journals, its possible values are
 * unknown.
 */
function pipelinesOf({ services }: Layout, source: Metric["source"]): readonly string[] | null {
  const all = services.flatMap(({ telemetry }) => telemetry as readonly StreamTelemetry[]);
  const pipelines = all.flatMap((one) => (one.kind === "journal" ? [one.pipeline] : []));
  if (pipelines.length === 0) return null;
  return source === "generator" ? [...pipelines, "none"] : pipelines;
}
