/** The playback gateway, one per site, where devices start. */
import type { Launch, Service } from "../../../harness/target/layout.ts";
import type { GatewayConfiguration } from "../gateway/configuration.ts";
import { nodeProgram } from "../service/program.ts";
import { event, renditions } from "../stream/event.ts";
import { switches } from "./defences.ts";
import { httpClock, httpPing } from "./pings.ts";
import { mainOf, nodeOf, type Site, standing } from "./site.ts";

/**
 * The assumed capacity of one edge: a cache server with a 100 Gb/s line, as content delivery
 * networks use.
 */
const edgeBitsPerSecond = 100e9;

/** The part of an edge that one of `sites` gateways may assign. */
export const shareOfEdge = (sites: number): number => Math.floor(edgeBitsPerSecond / sites);

/**
 * Saturated at 100 starts a second (one at a time, 10 ms each), 667 requests of any kind, or 3,000
 * writes of events. The last is the baseline of every AWS gp3 volume
 * (docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html). These limits hold on every
 * machine with a fast enough processor.
 */
export const gatewaySize = {
  requestMsMin: 1.5,
  writeMsMin: 1_000 / 3_000,
  signers: 1,
  keyCost: 1_024,
  startMsMin: 10,
  sessionsMax: 100_000,
  connectedMax: 5_000,
  eventsQueueMax: 20_000,
} as const;

const gatewaySeries = [
  "gateway_requests_total",
  "gateway_utilisation",
  "gateway_limit",
  "gateway_sessions",
  "gateway_edges_usable",
  "gateway_assignments_total",
  "gateway_moves_total",
  "gateway_sse_connected",
  "gateway_sse_behind",
  "gateway_deliveries_total",
  "gateway_events_accepted_total",
  "gateway_events_stored_total",
  "gateway_events_shed_total",
  "gateway_events_queued",
] as const;

/**
 * `sites` are the sites whose edges it may assign. Each is assumed to have a gateway that does the
 * same.
 */
export function gateway(site: Site, sites: readonly Site[]): Service {
  return {
    ...standing(site, "gateway", 17),
    ports: { http: 18090, control: 18091 },
    tools: ["node"],
    dependsOn: [],
    ready: { kind: "http", port: "http", path: "/health/ready" },
    readyWithinMs: 30_000,
    drainMs: 5_000,
    telemetry: [
      { kind: "prometheus", port: "http", path: "/metrics", series: gatewaySeries },
      { kind: "books", counts: "ingest", found: "eventsFound" },
    ],
    pings: { http: httpPing },
    operations: {
      clock: httpClock,
      ingest: { kind: "http", port: "http", method: "GET", path: "/ingest" },
      // Lines of the current file and of the one before it.
      eventsFound: {
        kind: "command",
        command: ({ directory }) => ({
          command: "sh",
          args: ["-c", 'cat "$0"/events.ndjson* 2>/dev/null | wc -l', directory],
          env: {},
        }),
      },
      broadcast: {
        kind: "http",
        port: "control",
        method: "POST",
        path: "/broadcasts",
        body:
          '{"key":"{key}","timestampMs":{timestampMs},"actAtMs":{actAtMs},' +
          '"spreadMs":{spreadMs}}',
      },
      board: { kind: "http", port: "control", method: "GET", path: "/broadcasts" },
      capacity: {
        kind: "http",
        port: "control",
        method: "POST",
        path: "/capacity",
        body: '{"edge":"{edge}","bitsPerSecond":{bitsPerSecond}}',
      },
      edges: { kind: "http", port: "control", method: "GET", path: "/edges" },
    },
    launch(place): Launch {
      const configuration: GatewayConfiguration = {
        name: `${site.name}/gateway`,
        region: site.region,
        event,
        renditions: renditions.map(({ name, kind, bitsPerSecond }) => ({
          name,
          kind,
          bitsPerSecond,
        })),
        listen: place.listen("http"),
        control: place.listen("control"),
        controlToken: place.controlToken,
        tokenKey: `session tokens of ${place.controlToken}`,
        edges: [site, ...sites.filter((each) => each !== site)].map((each) => {
          const { host, port } = place.direct(`${each.name}/edge`, "http");
          return {
            name: `${each.name}/edge`,
            region: each.region,
            poll: place.reach(`${each.name}/edge`, "http"),
            url: `http://${host}:${port}`,
            capacityBitsPerSecond: shareOfEdge(sites.length),
          };
        }),
        ...gatewaySize,
        eventsFile: `${place.directory}/events.ndjson`,
        defences: switches(
          place,
          "backoffGuidance",
          "admission",
          "steering",
          "jitter",
          "boundedIngest",
        ),
      };
      return nodeProgram({ ...nodeOf(place), main: mainOf("gateway"), heapMb: 256, configuration });
    },
  };
}
