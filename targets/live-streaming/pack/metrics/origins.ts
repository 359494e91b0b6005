/** Live-streaming metrics of edges, origins and object stores. */
import type { Registry } from "../../../../harness/metrics/metrics.ts";
import { trafficClasses } from "../traffic-classes.ts";

export const origins: Registry = {
  origin_gets: {
    kind: "increment",
    unit: "",
    source: "reader",
    dependsOnLoad: true,
    countsRequests: true,
    title: "origin requests",
    needs: { telemetry: ["varnish", "originGets"] },
    tags: ["lane", "entry", "origin"],
    values: { lane: trafficClasses },
    meaning: "requests that an edge sent to an origin",
  },
  edge_requests: {
    kind: "increment",
    unit: "",
    source: "reader",
    dependsOnLoad: true,
    countsRequests: true,
    countsAsked: true,
    needs: { telemetry: ["varnish"] },
    tags: ["entry"],
    meaning: "requests that an edge says it was asked, by viewers and all others",
  },
  origin_requests_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service", "lane", "outcome"],
    values: {
      lane: trafficClasses,
      outcome: ["served", "shed", "not_found", "gone", "failed", "rejected", "aborted"],
    },
    meaning: "requests that an origin answered, as it counts them itself",
  },
  origin_chunks_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service", "from"],
    values: { from: ["memcached", "store", "nowhere"] },
    meaning: "pieces of segments that an origin read, by where it found them",
  },
  origin_store_requests_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service", "operation", "outcome"],
    values: { operation: ["read", "write"], outcome: ["done", "failed"] },
    meaning: "requests that an origin sent to its store",
  },
  origin_metadata_gaps: {
    kind: "gauge",
    unit: "",
    source: "service",
    tags: ["service"],
    meaning:
      "segments of the last minute that an origin never received, although it knows " +
      "older and newer ones of the same pipeline",
  },
  object_store_requests_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service", "operation", "outcome"],
    values: {
      operation: ["read", "write", "list"],
      outcome: ["served", "shed", "not_found", "rejected"],
    },
    meaning: "requests that an object store answered; shed are those refused for their rate",
  },
  origin_metadata_lookups_total: {
    kind: "increment",
    unit: "",
    source: "service",
    countsRequests: true,
    tags: ["service", "from"],
    values: { from: ["memory", "store"] },
    meaning: "how often an origin had to know what exists, by where it knew it from",
  },
};
