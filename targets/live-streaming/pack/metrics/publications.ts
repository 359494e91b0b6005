/** Live-streaming metrics of publications, and of those that are read back. */
import type { Registry } from "../../../../harness/metrics/metrics.ts";

export const publications: Registry = {
  publish_ms: {
    kind: "duration",
    unit: "ms",
    source: "reader",
    paced: true,
    felt: true,
    title: "publication",
    needs: { telemetry: ["journal"] },
    tags: ["region", "pipeline", "rendition", "outcome", "refused"],
    decided: ["refused"],
    values: { outcome: ["acked", "lost"], refused: ["yes", "no"] },
    meaning:
      "one segment's publication from first attempt to acknowledgement or loss, as its " +
      "packager saw it; refused: an origin turned it away (429 or 5xx) at least once",
  },
  durable: {
    kind: "event",
    unit: "",
    source: "reader",
    paced: true,
    ofBytes: true,
    needs: { telemetry: ["journal"], layout: ["readBack"] },
    accounts: {
      title: "acknowledged segments",
      unknown: "durable_unread",
      all: { metric: "publish_ms", where: { outcome: "acked" } },
    },
    tags: ["pipeline", "outcome"],
    values: { outcome: ["intact", "missing", "different"] },
    meaning:
      "an acknowledged segment, at its acknowledgement, and what was found of it when all " +
      "was over",
  },
  durable_unread: {
    kind: "event",
    unit: "",
    source: "reader",
    paced: true,
    ofHarness: true,
    ofBytes: true,
    needs: { telemetry: ["journal"], layout: ["readBack"] },
    tags: ["pipeline"],
    meaning: "an acknowledged segment of which nothing could be found out in time",
  },
  delivered: {
    kind: "event",
    unit: "",
    source: "prober",
    ofBytes: true,
    needs: { telemetry: ["journal"] },
    accounts: { title: "delivered segments", unknown: "delivered_unknown" },
    tags: ["entry", "rendition", "outcome"],
    values: { outcome: ["right", "wrong", "mislabelled"] },
    meaning:
      "a segment as the harness's own prober got it from an edge, compared with the packagers' " +
      "journals; outcome is right, wrong for wrong bytes, or mislabelled for right bytes under " +
      "a wrong checksum",
  },
  delivered_unknown: {
    kind: "event",
    unit: "",
    source: "prober",
    ofHarness: true,
    ofBytes: true,
    needs: { telemetry: ["journal"] },
    tags: ["entry", "rendition"],
    meaning: "a segment that an edge delivered and that no packager's journal has",
  },
};
