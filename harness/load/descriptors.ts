/** Checks that the generator and the proxy may open as many connections as the load needs. */
import { SeawallError } from "../base/errors.ts";
import type { Plan } from "../record/plan.ts";
import { usersSide } from "../target/layout.ts";

/** Logs, own sockets, and the connections of the target's services in the same proxy. */
const ownDescriptors = 256;

/** A virtual user holds one connection per host at a time; a proxy holds both ends of it. */
export function descriptorsNeeded({ load, links }: Pick<Plan, "load" | "links">): number {
  const users = load.reduce((total, { vus }) => total + vus, 0);
  const isProxied = links.some(({ from }) => from === usersSide);
  return users * (isProxied ? 2 : 1) + ownDescriptors;
}

/**
 * Throws before anything starts. Otherwise the proxy would refuse users for lack of descriptors,
 * and the target would be blamed.
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
