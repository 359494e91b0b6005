/** Live-streaming metrics of gateways: their counters, and whether these are consistent. */
import type { Registry } from "../../../../harness/metrics/metrics.ts";

export const gateways: Registry = {
  gateway_requests_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service", "lane", "bucket", "outcome"],
    values: {
      lane: ["start", "steer", "ingest", "broadcast"],
      bucket: ["CRITICAL", "DEGRADED", "BEST_EFFORT", "BULK"],
      outcome: ["served", "shed", "full", "rejected", "failed", "aborted"],
    },
    meaning: "requests that a gateway answered, as it counts them itself; start is a session start",
  },
  gateway_utilisation: {
    kind: "gauge",
    unit: "",
    source: "service",
    most: 1,
    tags: ["service"],
    meaning:
      "how busy a gateway is, 0 to 1: the busier of its signers and its event loop over " +
      "about half a second",
  },
  gateway_limit: {
    kind: "gauge",
    unit: "",
    source: "service",
    tags: ["service"],
    meaning: "session starts that a gateway takes on at once, at most",
  },
  gateway_assignments_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service", "edge"],
    meaning: "sessions started, by the edge that they were given",
  },
  gateway_moves_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service", "why"],
    values: { why: ["lost", "hot"] },
    meaning: "sessions that a gateway moved to another edge, because theirs was lost or too full",
  },
  gateway_sessions: {
    kind: "gauge",
    unit: "",
    source: "service",
    tags: ["service"],
    meaning: "sessions that hold bitrate on an edge",
  },
  gateway_edges_usable: {
    kind: "gauge",
    unit: "",
    source: "service",
    tags: ["service"],
    meaning: "edges that answer, as a gateway sees them",
  },
  gateway_sse_connected: {
    kind: "gauge",
    unit: "",
    source: "service",
    tags: ["service"],
    meaning: "devices that hold a channel for broadcasts open",
  },
  gateway_sse_behind: {
    kind: "gauge",
    unit: "",
    source: "service",
    tags: ["service"],
    meaning: "devices with a channel that have undelivered messages",
  },
  gateway_deliveries_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service"],
    meaning: "notices and new edges written to devices' channels",
  },
  gateway_events_accepted_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service"],
    meaning: "ad events and telemetry that a gateway took in: each is stored, shed or still queued",
  },
  gateway_events_stored_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service"],
    meaning: "events that were written down",
  },
  gateway_events_shed_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service"],
    meaning:
      "events that were taken in and given up, because the queue was full or they could not " +
      "be stored",
  },
  gateway_events_queued: {
    kind: "gauge",
    unit: "",
    source: "service",
    tags: ["service"],
    meaning: "events taken in and neither stored nor given up yet",
  },
  events_unreconciled: {
    kind: "event",
    unit: "",
    source: "reader",
    reckoned: true,
    needs: { telemetry: ["books"] },
    tags: ["service", "entry"],
    values: { entry: ["taken", "queued", "stored"] },
    meaning:
      "at the end of the run, by how many events a gateway's books are out: taken is " +
      "accepted less stored, shed and queued; queued is what is left over; stored is what it " +
      "says it stored less what is there",
  },
};
