/** A cache that loses all that it holds. Proof: what was put in and found is no longer found. It fills by itself, so there is nothing to heal. */
import type { FaultOf } from "../core/faults.ts";
import { inject } from "../core/injection.ts";
import type { Injector } from "../core/ports.ts";

export const coldCache: Injector<FaultOf<"coldCache">> = (fault, deployment, context) => {
  const cache = deployment.instance(fault.service);
  // One of its own for each injection, so that an answer from before is never taken for one of now.
  const parameters = { key: `seawall-${Math.round(context.clock.nowMs())}` };
  let before = "";
  return inject(context, {
    act: async () => {
      await cache.operate("fill", parameters);
      before = await cache.operate("look", parameters);
      await cache.operate("flush", parameters);
    },
    prove: async () => {
      const after = await cache.operate("look", parameters);
      return { landed: before === "hit" && after === "miss", observation: `the same look into ${fault.service} was a ${before} before and a ${after} after` };
    },
    undo: async () => undefined,
    proveHealed: async () => ({ landed: true, observation: `${fault.service} fills again by itself` }),
  });
};
