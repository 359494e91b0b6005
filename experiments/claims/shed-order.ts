/**
 * The second half of the mission: load shedding takes DVR first, and live only while DVR is shed,
 * too. `publications.ts` claims that writes are never shed.
 */
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import { everyPhase } from "./live-served.ts";

/**
 * Longer than an edge keeps a refusal (5 s). Within it, a client that still requests DVR is refused
 * by the origin itself, and counted there.
 */
const windowMs = 6_000;

/**
 * From the origins' own counters, which exist from their start. Without shedding they read zero. If
 * they cannot be read, the claims are inconclusive.
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
