/** Live-streaming metrics of players. */
import type { Registry } from "../../../../harness/metrics/metrics.ts";

export const players: Registry = {
  player_startup_ms: {
    kind: "duration",
    unit: "ms",
    source: "player",
    felt: true,
    perJoin: true,
    tags: ["player", "outcome"],
    values: { outcome: ["started", "failed"] },
    meaning:
      "from asking for the stream to the first moving picture in a player, which is real but " +
      "for virtual time",
  },
  player_stall_ms: {
    kind: "event",
    unit: "ms",
    source: "player",
    tags: ["player", "state", "cause"],
    values: { state: ["ended", "open", "none"], cause: ["buffer", "device"] },
    meaning:
      "a stall of a player from its beginning; open: it had not ended when the watching did; " +
      "cause is buffer when no media was left, device when this machine did not get to show " +
      "it; none, of 0 ms, is a player that was watched for half a second and did not stand still",
  },
  player_latency_ms: {
    kind: "gauge",
    unit: "ms",
    source: "player",
    felt: true,
    tags: ["player"],
    meaning: "how far behind the wall clock a player plays",
  },
  player_rebuffer_ratio: {
    kind: "gauge",
    unit: "",
    source: "player",
    felt: true,
    most: 1,
    tags: ["player"],
    meaning:
      "share of the last half second for which a player stalled; its mean is the rebuffer " +
      "ratio",
  },
  player_height_px: {
    kind: "gauge",
    unit: "px",
    source: "player",
    tags: ["player"],
    meaning: "lines of the picture that a real player shows",
  },
  player_errors: {
    kind: "event",
    unit: "",
    source: "player",
    tags: ["player", "code"],
    meaning: "an error that a real player reported, by its code",
  },
};
