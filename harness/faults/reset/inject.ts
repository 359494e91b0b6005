/**
 * Links reset (RST) a connection when something is sent on it. Proof: a ping is reset at the link's
 * entry and answered without the link. Connections that existed before are closed at their next
 * data, mostly with a FIN, because Toxiproxy resets only later ones.
 */
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { each, onEach, proofOfBreak, proofOfPassage } from "../proofs.ts";

export function inject(strike: RealStrike<unknown>): FaultExecution {
  const { links } = strike;
  const broken = (): Promise<Evidence> =>
    onEach(links, (link) => proofOfBreak(link, strike, "reset"));
  const removals: (() => Promise<void>)[] = [];
  return {
    act: () => each(links, async (link) => removals.push(await link.impose({ kind: "reset" }))),
    verify: broken,
    look: broken,
    revert: () => each(removals, (remove) => remove()),
    verifyReverted: () => onEach(links, (link) => proofOfPassage(link, strike)),
  };
}
