/** Harm to viewers: a segment that does not arrive in time, above all at the live edge. */
import type { Harm } from "../../../harness/target/harm.ts";

export const harm: Harm = {
  metric: "segment_ms",
  having: { outcome: "served" },
  classes: [
    { lane: "live", title: "Live segments" },
    { lane: "dvr", title: "DVR segments" },
  ],
  refusal: {
    having: { outcome: "shed" },
    requests: { metric: "http_req_ms", where: { status: "503" } },
  },
  waitTitle: "Response times of live segments",
  eachTitle: "Live requests by response time",
  effects: {
    title: "Effect on viewers",
    figures: [
      {
        label: "Sessions that started",
        unit: "share",
        metric: "viewer_startup_ms",
        where: { outcome: "started" },
        statistic: "count",
        shareOf: { metric: "viewer_startup_ms", statistic: "count" },
      },
      {
        label: "Startup time, p95",
        unit: "ms",
        metric: "viewer_startup_ms",
        statistic: "p95",
      },
      {
        label: "Rebuffering ratio",
        unit: "share",
        metric: "viewer_rebuffer_ratio",
        statistic: "mean",
      },
      { label: "Longest stall", unit: "ms", metric: "viewer_stall_ms", statistic: "highest" },
      { label: "Live latency, p95", unit: "ms", metric: "viewer_latency_ms", statistic: "p95" },
      { label: "Mean bitrate", unit: "bit/s", metric: "viewer_bitrate", statistic: "mean" },
    ],
  },
};
