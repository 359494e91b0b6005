/**
 * The second half of the mission: who has to give something up gives up DVR first, and live only
 * while DVR is given up too. That writes are never given up is said by those who publish
 * (`publications.ts`).
 */
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { everyPhase } from "./live-served.ts";

/**
 * Longer than an edge keeps a refusal (5 s): within it whoever goes on asking for DVR is refused by
 * the origin itself, and counted there.
 */
const windowMs = 6_000;

/**
 * From the origins' own counters, which are told from their start: where nothing is shed they are
 * read and say zero, and where they cannot be read the claims are inconclusive.
 */
export function shedOrder(): readonly Claim[] {
  const refused = (lane: string) => ({
    metric: "origin_requests_total",
    where: { lane, outcome: "shed" },
  });
  return [
    {
      ...refused("live"),
      id: "dvr-shed-first",
      title: "No origin sheds live segments while it does not shed DVR",
      statistic: "windowsWithout",
      first: refused("dvr"),
      by: "service",
      windowMs,
      comparison: "<=",
      limit: 0,
      during: everyPhase,
      samplesMin: 2,
    },
  ];
}
