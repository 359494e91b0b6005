/**
 * The whole target as a queueing model, for the simulated substrate. `target.ts` defines the
 * layout, and every decision is the services' own code, so a switched-off defence is off here, too.
 * The model covers origins, stores, links and waiting. Edges are assumed to scale with the
 * audience, so it says nothing about an edge's processor, bandwidth or memory.
 */
import type { TargetModel } from "../../../harness/target/model.ts";
import { behaviourNames, oneByOneNames } from "./audience-model.ts";
import { ReferenceModel } from "./reference-model.ts";

export const model: TargetModel = {
  title:
    "a queueing model of origins, stores, caches and gateways; an edge's own processor and " +
    "bandwidth are not in it",
  kinds: [
    "edge",
    "fill",
    "origin-read",
    "origin-publish",
    "cassandra",
    "memcached",
    "packager",
    "gateway",
  ],
  behaviours: behaviourNames,
  oneByOne: oneByOneNames,
  metrics: [
    "batch_ms",
    "broadcast_ms",
    "events_unreconciled",
    "gateway_assignments_total",
    "gateway_edges_usable",
    "gateway_limit",
    "gateway_moves_total",
    "gateway_requests_total",
    "gateway_sessions",
    "gateway_utilisation",
    "start_ms",
    "player_latency_ms",
    "player_rebuffer_ratio",
    "player_stall_ms",
    "player_startup_ms",
    "origin_chunks_total",
    "origin_metadata_gaps",
    "origin_metadata_lookups_total",
    "origin_store_requests_total",
    "segment_ms",
    "viewer_startup_ms",
    "viewer_stall_ms",
    "viewer_rebuffer_ratio",
    "viewer_session_rebuffer_ratio",
    "viewer_latency_ms",
    "viewer_bitrate",
    "viewer_switches",
    "viewer_failures",
    "http_req_ms",
    "start_late_ms",
    "dropped_iterations",
    "origin_gets",
    "edge_requests",
    "origin_requests_total",
    "publish_ms",
    "canary_ms",
    "canary_late_ms",
    "cpu_seconds",
  ],
  players:
    "as buffers that one edge fills; no decoding, no seams between segments, no choice of " +
    "renditions and no thin line is in them",
  operations: [
    "flush",
    "defects",
    "defectsOff",
    "mask",
    "unmask",
    "directives",
    "broadcast",
    "board",
    "ingest",
    "eventsFound",
  ],
  startMs: {
    cassandra: 5_000,
    memcached: 50,
    "origin-publish": 500,
    "origin-read": 500,
    packager: 1_000,
    edge: 900,
    fill: 900,
    gateway: 300,
  },
  hopMs: { within: 0.15, between: 0.2 },
  start: (simulation) => new ReferenceModel(simulation),
};
