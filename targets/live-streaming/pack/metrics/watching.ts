/**
 * Metrics of viewers who watch, as the modelled player of the workload `watch` measures them. Terms
 * are those of CTA-2066.
 */
import type { Metric, Registry } from "../../../../harness/metrics/metrics.ts";
import { players } from "../viewer/players/names.ts";

const tags = ["lane", "load", "player", "entry"];
const values = { player: players };
const shared = { source: "generator", felt: true } as const;
const reading = (unit: string, title: string, meaning: string): Metric => ({
  ...shared,
  kind: "gauge",
  unit,
  title,
  tags,
  values,
  meaning,
});

export const watchingViewers: Registry = {
  viewer_startup_ms: {
    ...shared,
    kind: "duration",
    unit: "ms",
    perIteration: true,
    title: "startup time",
    tags: [...tags, "outcome"],
    values: { ...values, outcome: ["started", "failed", "left"] },
    lost: { outcome: "failed" },
    meaning:
      "from pressing play to the first picture, one sample for each session; outcome is failed " +
      "when the player gave up or nothing moved within 10 s, left when the viewer meant to stay " +
      "for less than that",
  },
  viewer_stall_ms: {
    ...shared,
    kind: "duration",
    unit: "ms",
    title: "stall",
    tags: [...tags, "state"],
    values: { ...values, state: ["ended", "open"] },
    meaning:
      "a stall of at least 250 ms from its beginning, without the wait after a viewer's own " +
      "seek; open when the session ended in it",
  },
  viewer_rebuffer_ratio: {
    ...reading(
      "",
      "rebuffering ratio",
      "share of the last 2 s of a session, once it had started, that it stalled; the mean over " +
        "all is the rebuffering ratio",
    ),
    most: 1,
  },
  viewer_session_rebuffer_ratio: {
    ...reading("", "rebuffering ratio of a session", "share of a whole session that it stalled"),
    most: 1,
    tags: [...tags, "outcome"],
    values: { ...values, outcome: ["watched", "failed"] },
  },
  viewer_latency_ms: reading("ms", "live latency", "how far behind live a session plays"),
  viewer_bitrate: reading(
    "bit/s",
    "bitrate",
    "the declared bitrate of what a session plays, picture and sound together",
  ),
  viewer_switches: {
    ...shared,
    kind: "event",
    unit: "",
    title: "rendition switch",
    tags: [...tags, "direction"],
    values: { ...values, direction: ["up", "down"] },
    meaning: "a session continues in another rendition",
  },
  viewer_failures: {
    ...shared,
    kind: "event",
    unit: "",
    title: "failure of a player",
    tags: [...tags, "object", "outcome"],
    values: {
      ...values,
      object: ["manifest", "playlist", "init", "segment", "key"],
      outcome: ["skipped", "fatal"],
    },
    meaning:
      "what a player gave up after its retries: a segment that it skipped, or something without " +
      "which it cannot continue (fatal)",
  },
};
