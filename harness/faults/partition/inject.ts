/**
 * Links refuse connections and close existing ones. Proof: refused at the link's entry, answered
 * without the link.
 */
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { each, onEach, proofOfBreak, proofOfPassage } from "../proofs.ts";

export function inject(strike: RealStrike<unknown>): FaultExecution {
  const { links } = strike;
  const broken = (): Promise<Evidence> =>
    onEach(links, (link) => proofOfBreak(link, strike, "refused"));
  return {
    act: () => each(links, (link) => link.cut()),
    verify: broken,
    look: broken,
    revert: () => each(links, (link) => link.restore()),
    verifyReverted: () => onEach(links, (link) => proofOfPassage(link, strike)),
  };
}
