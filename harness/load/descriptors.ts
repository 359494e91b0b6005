/**
 * Whether the generator and the proxy on its way may open as many connections as the load needs.
 */
import { SeawallError } from "../base/errors.ts";
import type { Plan } from "../record/plan.ts";
import { usersSide } from "../target/layout.ts";

/** Logs, sockets of its own, and what the target's services hold in the same proxy. */
const ownDescriptors = 256;

/**
 * A virtual user holds one connection to each host that it asks at a time; a proxy holds both ends
 * of it.
 */
export function descriptorsNeeded({ load, links }: Pick<Plan, "load" | "links">): number {
  const users = load.reduce((total, { vus }) => total + vus, 0);
  const isProxied = links.some(({ from }) => from === usersSide);
  return users * (isProxied ? 2 : 1) + ownDescriptors;
}

/**
 * Throws before anything is started: out of descriptors, the proxy refuses users, and the target is
 * blamed.
 */
export function refuseTooFewDescriptors(plan: Pick<Plan, "load" | "links">, max: number): void {
  const needed = descriptorsNeeded(plan);
  if (needed <= max) return;
  throw new SeawallError(
    "GENERATOR_FAILED",
    `the load needs about ${needed} open files for each process, and this one may have ${max}`,
    {
      hint:
        `Raise the limit (ulimit -Hn ${needed}; docker run --ulimit nofile=${needed}), or use ` +
        `fewer virtual users ("vus").`,
    },
  );
}
