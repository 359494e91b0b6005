/**
 * The first half of the mission: the live edge stays served, with the right bytes. Viewers compare
 * bodies with the checksum that comes with them. The prober compares both with the packagers'
 * journals.
 */
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { type Phase, phases } from "../../harness/base/phases.ts";

export const everyPhase: readonly Phase[] = phases;

/** One viewer in four compares. Half of that allows for chance. */
const comparedShareMin = 1 / 8;

/**
 * `viewersMin`: the least number of live viewers per phase. A thousand make 99.9 % more than "none
 * was lost".
 */
export function liveServed(viewersMin: number): readonly Claim[] {
  const ofViewers = { metric: "segment_ms", statistic: "share", during: everyPhase } as const;
  return [
    {
      ...ofViewers,
      id: "live-served",
      title: "Live segments reach their viewers in time",
      where: { lane: "live" },
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.999,
      samplesMin: viewersMin,
    },
    {
      ...ofViewers,
      id: "live-bytes-right",
      title: "At most one live segment in a thousand holds wrong bytes",
      where: { lane: "live", bytes: "compared" },
      having: { outcome: "wrong" },
      comparison: "<=",
      limit: 0.001,
      samplesMin: Math.max(1, Math.floor(viewersMin * comparedShareMin)),
    },
    {
      // The prober asks each edge twice a second. A phase has at least two segments of 2 s.
      id: "delivered-right",
      title: "Edges deliver what the packagers published, under its checksum",
      metric: "delivered",
      statistic: "share",
      having: { outcome: "right" },
      comparison: "==",
      limit: 1,
      during: everyPhase,
      samplesMin: 4,
    },
  ];
}
