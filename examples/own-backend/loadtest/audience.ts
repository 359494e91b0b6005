/** What all storms have in common: who watches, and what those people must get. */
import type { Claim, Experiment, Load, Phase, Recovery } from "seawall";

const everyPhase: readonly Phase[] = ["baseline", "fault", "recovery"];
const lanes = ["hls", "dash"] as const;
const perSecond = { hls: 10, dash: 5 };

/** In the phase of the fault, so many times as many watch. */
export function audience(crowd: number): Load[] {
  return lanes.map((lane) => ({
    name: lane,
    workload: "../viewers.ts",
    exec: lane,
    lane,
    ratePerSecond: {
      baseline: perSecond[lane],
      fault: perSecond[lane] * crowd,
      recovery: perSecond[lane],
    },
    vus: perSecond[lane] * crowd * 8,
  }));
}

/** Each kind of viewer gets what it asks for, before it would see a still picture. */
export const served: readonly Claim[] = lanes.map((lane) => ({
  id: `${lane}-served`,
  title: `Viewers of ${lane.toUpperCase()} get each segment before their buffer is empty`,
  metric: "segment_wait",
  where: { lane },
  statistic: "share",
  having: { outcome: "served" },
  comparison: ">=",
  limit: 0.99,
  during: everyPhase,
  samplesMin: 10,
}));

/**
 * As the origins count. Three new ones in 2 s are 1.5 a second; the rest is room for both ends of a
 * phase.
 */
export const packagedOnce: Claim = {
  id: "packaged-once",
  title: "Each segment is packaged once",
  metric: "segments_packaged_total",
  statistic: "rate",
  comparison: "<=",
  limit: 2.5,
  unit: "/s",
  during: everyPhase,
  samplesMin: 2,
};

export const recovers: Recovery = {
  id: "viewers-recover",
  title: "Viewers get their segments as before",
  goodput: { metric: "segment_wait" },
  having: { outcome: "served" },
  shareMin: 0.99,
  ofBaselineMin: 0.8,
  withinMs: 3_000,
  windowMs: 1_000,
};

/** Short, so that a run is worth waiting for: each half of the baseline has one new segment. */
export const phasesMs: Experiment["phasesMs"] = { baseline: 4_000, fault: 6_000, recovery: 6_000 };
