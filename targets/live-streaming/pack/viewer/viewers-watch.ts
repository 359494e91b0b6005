/** What an audience must see, for loads of the workload `watch`. */
import type { Claim } from "../../../../harness/claims/statistics/registry.ts";
import { type Phase, phases } from "../../../../harness/base/phases.ts";

/** All members but the first are optional. */
export interface ViewersWatch {
  /** The least number of viewers who press play, in each phase. */
  readonly viewersMin: number;
  /** Default: all phases. */
  readonly during?: readonly Phase[];
  /** The share of sessions, 0…1, that must start. Default: 0.99. */
  readonly startedMin?: number;
  /**
   * 95 % of the sessions start within this time. Default: 2 s, from which on viewers leave
   * (Krishnan and Sitaraman, "Video Stream Quality Impacts Viewer Behavior", 2012).
   */
  readonly startupMsMax?: number;
  /** The rebuffering ratio, 0…1, of all sessions together. Default: 0.005. */
  readonly rebufferingMax?: number;
  /** 95 % of the readings are at most so far behind live. Default: 12 s. */
  readonly latencyMsMax?: number;
}

/**
 * @example
 * ```ts
 * hypothesis: [...viewersWatch({ viewersMin: 50 })],
 * ```
 */
export function viewersWatch({
  viewersMin,
  during = phases,
  startedMin = 0.99,
  startupMsMax = 2_000,
  rebufferingMax = 0.005,
  latencyMsMax = 12_000,
}: ViewersWatch): readonly Claim[] {
  const shared = { during, samplesMin: viewersMin } as const;
  return [
    {
      ...shared,
      id: "viewers-start",
      title: "Viewers who press play get a picture",
      metric: "viewer_startup_ms",
      statistic: "share",
      having: { outcome: "started" },
      comparison: ">=",
      limit: startedMin,
    },
    {
      ...shared,
      id: "viewers-start-soon",
      title: "Viewers get their picture soon",
      metric: "viewer_startup_ms",
      statistic: "p95",
      comparison: "<=",
      limit: startupMsMax,
      unit: "ms",
    },
    {
      ...shared,
      id: "viewers-hardly-wait",
      title: "Viewers hardly ever wait for a picture that stalled",
      metric: "viewer_rebuffer_ratio",
      statistic: "mean",
      comparison: "<=",
      limit: rebufferingMax,
    },
    {
      ...shared,
      id: "viewers-near-live",
      title: "Viewers stay near live",
      metric: "viewer_latency_ms",
      statistic: "p95",
      comparison: "<=",
      limit: latencyMsMax,
      unit: "ms",
    },
  ];
}
