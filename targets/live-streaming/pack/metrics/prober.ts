/** Live-streaming metrics of the prober: its results at the edges, and its coverage. */
import { bodyProblems, containers } from "../stream/body.ts";
import type { Registry } from "../../../../harness/metrics/metrics.ts";

export const prober: Registry = {
  canary_bytes: {
    kind: "event",
    unit: "B",
    source: "prober",
    tags: ["entry", "rendition"],
    meaning:
      "bytes of one body as the harness's own prober got it from an edge, encoded as they " +
      "came",
  },
  body_seen: {
    kind: "event",
    codes: true,
    unit: "",
    source: "prober",
    tags: ["lane", "load", "entry", "rendition", "by", "container", "problem"],
    decided: ["problem", "container"],
    values: {
      by: ["user", "prober"],
      container: containers,
      problem: ["none", "flagged", ...bodyProblems],
    },
    meaning:
      "a body that a viewer or the harness's own prober looked at: its container by its " +
      "first bytes, and why it is no segment; flagged is one that a header calls defective; " +
      "the value holds the segment's number modulo 4096 and the first 36 bits of its SHA-256",
  },
};
