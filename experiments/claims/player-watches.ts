/**
 * What a real player must see beside the load generator's measurements, for experiments with
 * `players`.
 */
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import type { Phase } from "../../harness/base/phases.ts";

const disturbed: readonly Phase[] = ["fault", "recovery"];

/**
 * `joins`: the phases in which a player joins. A player that samples itself every 500 ms leaves two
 * samples a second. The claim needs a third of that, because a loaded machine samples less often. A
 * stall of cause `device` is this machine's, not the target's.
 */
export function playerWatches(joins: readonly Phase[]): Claim[] {
  const judged = joins.filter((phase) => phase !== "recovery");
  return [
    {
      // Measured: 0.2 to 0.4 s, under the storm, too. People give up after ten seconds.
      id: "player-starts",
      title: "A player starts within 10 s",
      metric: "player_startup_ms",
      statistic: "max",
      comparison: "<=",
      limit: 10_000,
      during: [...new Set(judged)],
      samplesMin: 1,
      unit: "ms",
    },
    {
      // It plays 6 s behind live, so it has two segments in reserve. Measured: no stall, and 6.5 s
      // without `regionFailover`.
      id: "player-never-stalls",
      title: "A player never stalls with an empty buffer",
      metric: "player_stall_ms",
      where: { cause: "buffer" },
      statistic: "max",
      comparison: "<=",
      limit: 500,
      during: disturbed,
      samplesMin: 15,
      unit: "ms",
    },
    {
      id: "player-hardly-waits",
      title: "A player spends at most a twentieth of its time waiting",
      metric: "player_rebuffer_ratio",
      statistic: "mean",
      comparison: "<=",
      limit: 0.05,
      during: disturbed,
      samplesMin: 15,
    },
    {
      id: "player-near-live",
      title: "A player stays within 12 s of live",
      metric: "player_latency_ms",
      statistic: "p95",
      comparison: "<=",
      limit: 12_000,
      during: disturbed,
      samplesMin: 15,
      unit: "ms",
    },
  ];
}
