/**
 * Links that refuse connections and lose present ones. Proof: refused at the link's entry, answered
 * past it.
 */
import type { LinkHandle } from "../../core/deployment.ts";
import type { Evidence } from "../../core/evidence.ts";
import { describePong } from "../../core/observer.ts";
import type { Course, RealStrike } from "../fault.ts";
import { arrow, askBothEnds, each, onEach, proofOfPassage } from "../proofs.ts";

const pingMs = 2_000;

export function inject(strike: RealStrike<unknown>): Course {
  const { links } = strike;
  const broken = (): Promise<Evidence> => onEach(links, (link) => proofOfCut(link, strike));
  return {
    act: () => each(links, (link) => link.cut()),
    verify: broken,
    look: broken,
    revert: () => each(links, (link) => link.mend()),
    verifyReverted: () => onEach(links, (link) => proofOfPassage(link, strike)),
  };
}

async function proofOfCut(link: LinkHandle, strike: RealStrike<unknown>): Promise<Evidence> {
  const { entry, exit } = await askBothEnds(link, strike, pingMs);
  const landed = entry.outcome === "refused" && exit.outcome === "answered";
  return {
    landed,
    observation: `${arrow(link)} ${describePong(entry)}; the service itself ${describePong(exit)}`,
  };
}
