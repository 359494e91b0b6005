/** What several faults need besides acting, looking and undoing. */
import { messageOf } from "../core/injection.ts";
import type { Evidence } from "../core/run.ts";
import type { Endpoint } from "../core/target.ts";

/** Both or none: a fault on several things landed only if it landed on each. */
export function all(proofs: readonly Evidence[]): Evidence {
  const failed = proofs.filter((proof) => !proof.landed);
  const told = failed.length > 0 ? failed : proofs;
  return { landed: failed.length === 0 && proofs.length > 0, observation: told.length === 0 ? "there was nothing to strike" : told.map((proof) => proof.observation).join("; ") };
}

/** Waits for all of them, so that nothing goes on behind the back of whoever is told of the first failure. */
export async function together<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(work);
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [messageOf(outcome.reason)] : []));
  if (failures.length > 0) throw new Error(failures.join("; "));
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

export function addressOf(endpoint: Endpoint): string {
  return `${endpoint.host}:${endpoint.port}`;
}
