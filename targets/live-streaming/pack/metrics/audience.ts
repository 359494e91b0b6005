/** Live-streaming metrics of viewers and devices, as the load generator measures them. */
import type { Registry } from "../../../../harness/metrics/metrics.ts";
import { trafficClasses } from "../traffic-classes.ts";

export const audience: Registry = {
  segment_ms: {
    kind: "duration",
    unit: "ms",
    source: "generator",
    perIteration: true,
    felt: true,
    title: "segment wait",
    ofBytesWhere: { bytes: "compared" },
    drawn: ["home", "rendition", "bytes"],
    entries: ["home"],
    lost: { outcome: "lost", pipeline: "none", flagged: "none", notified: "none" },
    answered: {
      outcomes: ["served", "late", "wrong"],
      workloads: ["viewers", "sessions", "rewind", "rewatch"],
    },
    tags: [
      "lane",
      "load",
      "outcome",
      "entry",
      "home",
      "rendition",
      "pipeline",
      "flagged",
      "notified",
      "bytes",
    ],
    values: {
      lane: trafficClasses,
      outcome: ["served", "late", "shed", "lost", "wrong"],
      flagged: ["yes", "no", "none"],
      notified: ["yes", "no", "none"],
      bytes: ["compared", "looked", "unread"],
    },
    meaning:
      "a viewer's wait for one whole segment, from the moment it meant to ask; outcome is " +
      "served, late, shed, lost or wrong; wrong is no segment, not what was published, or what " +
      "cannot be played and no header said so; home is the edge that it asked first, entry " +
      "the one it asked last; flagged is yes when a header reports a defect, notified when " +
      "one brought a notification; one viewer in four looks at its bytes: they are compared " +
      "with the published checksum where the target sends one, and looked at without it",
  },
  start_ms: {
    kind: "duration",
    unit: "ms",
    source: "generator",
    perIteration: true,
    felt: true,
    tags: ["lane", "load", "kind", "outcome"],
    values: {
      lane: ["start"],
      kind: ["play", "prefetch"],
      outcome: ["served", "late", "shed", "lost"],
    },
    meaning:
      "a device's wait for a playback session, retries included, from the moment it meant to " +
      "ask; outcome is served, late, shed or lost",
  },
  batch_ms: {
    kind: "duration",
    unit: "ms",
    source: "generator",
    perIteration: true,
    tags: ["lane", "load", "kind", "outcome"],
    values: {
      lane: ["ingest"],
      kind: ["ad", "telemetry"],
      outcome: ["taken", "shed", "lost"],
    },
    meaning: "one batch of events that a device reported: taken in by a gateway, shed or lost",
  },
  broadcast_ms: {
    kind: "duration",
    perStay: true,
    unit: "ms",
    source: "generator",
    tags: ["lane", "load", "outcome"],
    values: { lane: ["broadcast"], outcome: ["heard", "missed"] },
    lost: { outcome: "missed" },
    meaning:
      "from an operator's broadcast until one connected device receives it; one that " +
      "missed it waits from the start of the fault to its end",
  },
};
