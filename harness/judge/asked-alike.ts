/** Loads whose users request the same as the prober. Only these can be compared with it. */
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

/** Its users choose their entry uniformly at random. */
export function isAskedEvenly({ load, drawEntries = [] }: Plan, lane: string): boolean {
  const own = load.filter((one) => one.lane === lane);
  return own.length > 0 && own.every(({ workload }) => drawEntries.includes(workload));
}
