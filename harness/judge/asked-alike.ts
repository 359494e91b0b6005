/** Whose users ask as the prober does: only of those can the two be compared. */
import type { Plan } from "../record/plan.ts";

export function isAskedAlike(
  { load, askedAlike }: Pick<Plan, "load" | "askedAlike">,
  lane: string,
): boolean {
  const workloads = askedAlike?.[lane] ?? [];
  return load
    .filter((one) => one.lane === lane)
    .every(({ workload }) => workloads.includes(workload));
}

/** Who plays this workload draws a home, each as often as the others. */
export function isAskedEvenly({ load }: Plan, lane: string): boolean {
  const own = load.filter((one) => one.lane === lane);
  return own.length > 0 && own.every(({ workload }) => workload === "viewers");
}
