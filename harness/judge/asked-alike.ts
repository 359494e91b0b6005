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

/** Its users draw where they go in, each entry as often as the others. */
export function isAskedEvenly({ load, drawEntries = [] }: Plan, lane: string): boolean {
  const own = load.filter((one) => one.lane === lane);
  return own.length > 0 && own.every(({ workload }) => drawEntries.includes(workload));
}
