/**
 * Links on which a connection is reset (RST) as soon as something is sent. Proof: a ping is reset
 * at the link's entry and answered past it. Connections that stood before are closed at their next
 * data, mostly with a FIN: Toxiproxy resets only what it connected since.
 */
import type { Evidence } from "../../target/evidence.ts";
import type { Course, RealStrike } from "../fault.ts";
import { each, onEach, proofOfBreak, proofOfPassage } from "../proofs.ts";

export function inject(strike: RealStrike<unknown>): Course {
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
