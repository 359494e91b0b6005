/**
 * Links on which a connection is reset (RST) as soon as something is sent. Proof: a ping is reset
 * at the link's entry and answered past it. Connections that stood before are closed at their next
 * data, mostly with a FIN: Toxiproxy resets only what it connected since.
 */
import type { LinkHandle } from "../../core/deployment.ts";
import type { Evidence } from "../../core/evidence.ts";
import { describePong } from "../../core/observer.ts";
import type { Course, RealStrike } from "../fault.ts";
import { arrow, askBothEnds, each, onEach, proofOfPassage } from "../proofs.ts";

const pingMs = 2_000;

export function inject(strike: RealStrike<unknown>): Course {
  const { links } = strike;
  const broken = (): Promise<Evidence> => onEach(links, (link) => proofOfReset(link, strike));
  const removals: (() => Promise<void>)[] = [];
  return {
    act: () => each(links, async (link) => removals.push(await link.impose({ kind: "reset" }))),
    verify: broken,
    look: broken,
    revert: () => each(removals, (remove) => remove()),
    verifyReverted: () => onEach(links, (link) => proofOfPassage(link, strike)),
  };
}

async function proofOfReset(link: LinkHandle, strike: RealStrike<unknown>): Promise<Evidence> {
  const { entry, exit } = await askBothEnds(link, strike, pingMs);
  const landed = entry.outcome === "reset" && exit.outcome === "answered";
  return {
    landed,
    observation: `${arrow(link)} ${describePong(entry)}; the service itself ${describePong(exit)}`,
  };
}
