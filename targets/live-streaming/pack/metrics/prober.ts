/** Metrics of live streaming: what the prober finds at the edges, and what was looked at. */
import { bodyProblems, containers } from "../../../../harness/target/body.ts";
import type { Registry } from "../../../../harness/metrics/metrics.ts";

export const prober: Registry = {
  canary_ms: {
    kind: "duration",
    unit: "ms",
    source: "prober",
    title: "canary's wait",
    tags: ["edge", "outcome", "lane"],
    values: { lane: ["live", "dvr"] },
    meaning:
      "one request of the harness's own prober, which asks as viewers do, from its intended " +
      "start; outcome is served, wrong when the body is no segment, the status, or failed",
  },
  canary_bytes: {
    kind: "event",
    unit: "B",
    source: "prober",
    tags: ["edge", "rendition"],
    meaning:
      "bytes of one body as the harness's own prober got it from an edge, encoded as they " +
      "came",
  },
  body_seen: {
    kind: "event",
    codes: true,
    unit: "",
    source: "prober",
    tags: ["lane", "load", "edge", "rendition", "by", "container", "problem"],
    values: {
      by: ["viewer", "prober"],
      container: containers,
      problem: ["none", "flagged", ...bodyProblems],
    },
    meaning:
      "a body that a viewer or the harness's own prober looked at: its container by its " +
      "first bytes, and why it is no segment; flagged is one that a header calls defective; " +
      "the value holds the segment's number modulo 4096 and the first 36 bits of its SHA-256",
  },
};
