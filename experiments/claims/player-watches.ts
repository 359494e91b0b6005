/**
 * What a real player must see, beside what the load generator measures: for experiments with
 * `players`.
 */
import type { Claim } from "../../harness/claims/statistics/registry.ts";
import type { Phase } from "../../harness/base/phases.ts";

const disturbed: readonly Phase[] = ["fault", "recovery"];

/**
 * `joins`: the phases in which a player joins. A player that looks at itself every half second
 * leaves two samples a second; a third of that is asked for, as a loaded machine lets it look less
 * often. A stall for want of the machine's processor (cause `device`) is not the target's.
 */
export function playerWatches(joins: readonly Phase[]): Claim[] {
  const judged = joins.filter((phase) => phase !== "recovery");
  return [
    {
      // Measured: 0.2 to 0.4 s, under the storm, too. Ten seconds is when people give up.
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
      // It plays 6 s behind live, so it has two segments to spare: none measured, and 6.5 s without
      // `regionFailover`.
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
