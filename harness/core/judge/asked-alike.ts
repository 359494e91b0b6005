/** Whose users ask as the prober does: only of those can the two be compared. */
import type { Plan } from "../run.ts";

export function isAskedAlike({ load, askedAlike }: Plan, lane: string): boolean {
  const workloads = askedAlike?.[lane] ?? [];
  return load
    .filter((one) => one.lane === lane)
    .every(({ workload }) => workloads.includes(workload));
}

/** Viewers of this workload draw their homes, each edge as often as the others. */
export function isAskedEvenly({ load }: Plan, lane: string): boolean {
  const own = load.filter((one) => one.lane === lane);
  return own.length > 0 && own.every(({ workload }) => workload === "viewers");
}
