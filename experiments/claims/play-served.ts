/**
 * Pressing play starts a session in time: what Netflix guarantees for user-initiated starts while
 * prefetching is shed.
 */
import type { Claim } from "../../harness/claims/statistics/registry.ts";

const base = {
  metric: "start_ms",
  where: { lane: "start", kind: "play" },
  statistic: "share",
  having: { outcome: "served" },
  comparison: ">=",
  limit: 0.994,
} as const;

/** The least number of starts in the phase `fault`, and in each of the others. */
export function playServed(samplesMin: {
  readonly fault: number;
  readonly otherwise: number;
}): readonly Claim[] {
  return [
    {
      ...base,
      id: "play-served",
      title: "Pressing play starts a session in time",
      during: ["fault"],
      samplesMin: samplesMin.fault,
    },
    {
      ...base,
      id: "play-served-otherwise",
      title: "Pressing play works before and after the fault",
      during: ["baseline", "recovery"],
      samplesMin: samplesMin.otherwise,
    },
  ];
}
