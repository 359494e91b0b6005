/** What a stream's services report beyond the series that they expose. */
import type { Service, Telemetry } from "../../../harness/target/layout.ts";
import type { Source } from "../../../harness/metrics/source.ts";
import type { StreamTelemetry } from "./telemetry.ts";

export function reportsOf(one: Telemetry, { name }: Service): readonly Source[] {
  const telemetry = one as StreamTelemetry;
  switch (telemetry.kind) {
    case "varnish":
    case "originGets": {
      const gets = { metric: "origin_gets", kind: "increment" } as const;
      const asked =
        telemetry.kind === "varnish"
          ? [{ metric: "edge_requests", kind: "increment" } as const]
          : [];
      return [{ name, where: { entry: name }, silencedBy: [name], series: [gets, ...asked] }];
    }
    case "journal": {
      const { pipeline } = telemetry;
      return [
        {
          name: `pipeline ${pipeline}`,
          where: { pipeline },
          silencedBy: [name],
          series: [{ metric: "publish_ms", kind: "duration" }],
        },
      ];
    }
    case "books":
      return [
        {
          name,
          where: { service: name },
          silencedBy: [name],
          series: [{ metric: "events_unreconciled", kind: "event" }],
        },
      ];
    default:
      return [];
  }
}
