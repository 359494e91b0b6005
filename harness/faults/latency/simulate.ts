/**
 * Delays every exchange over the simulated links. A slow store does the same on the links to it.
 */
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, Delay, VirtualStrike } from "../../target/fault.ts";
import { evidenceOf } from "../proofs.ts";

export function simulate({
  fault: { delayMs, jitterMs },
  links,
}: VirtualStrike<Delay>): FaultExecution {
  // A new object per step, because two steps may have the same delay.
  const own: Delay = { delayMs, jitterMs };
  const slower = (landed: boolean): Evidence =>
    evidenceOf(landed, `exchanges over ${links.length} links take ${delayMs} ms longer`);
  return {
    act: async () => {
      for (const link of links) link.slow(own);
    },
    verify: () => slower(links.length > 0),
    look: () => slower(links.every(({ delays }) => delays.has(own))),
    revert: async () => {
      for (const link of links) link.unslow(own);
    },
    verifyReverted: () =>
      evidenceOf(
        links.every(({ delays }) => !delays.has(own)),
        `exchanges over ${links.length} links are as quick as before`,
      ),
  };
}
