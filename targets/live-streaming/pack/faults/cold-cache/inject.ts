/** Proof of a flush: a stored item is no longer found. */
import type { FaultExecution, RealStrike } from "../../../../../harness/target/fault.ts";
import { theService } from "../../../../../harness/faults/proofs.ts";

export function inject(strike: RealStrike<unknown>): FaultExecution {
  const cache = theService(strike);
  const { name } = cache.service;
  // A new key for each injection, so that no earlier answer can be taken for a present one.
  const parameters = { key: `seawall-${Math.round(strike.clock.nowMs())}` };
  let before = "";
  return {
    act: async () => {
      await cache.operate("fill", parameters);
      before = await cache.operate("look", parameters);
      await cache.operate("flush", parameters);
    },
    verify: async () => {
      const after = await cache.operate("look", parameters);
      return {
        landed: before === "hit" && after === "miss",
        observation: `the same look into ${name} was a ${before} before and a ${after} after`,
      };
    },
    revert: async () => undefined,
    verifyReverted: () => ({ landed: true, observation: `${name} fills again by itself` }),
  };
}
