/**
 * Links that refuse connections and lose present ones, while the services at both ends live. Proof: refused at the link's entry, answered past
 * it. A partition cuts what passes through the proxy, the declared links; it is no black hole.
 */
import type { FaultOf } from "../core/faults.ts";
import { inject } from "../core/injection.ts";
import type { Deployment, Injector, LinkHandle } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";
import { describePong } from "../system/ping.ts";
import { all, together } from "./injection.ts";
import { arrow, askBothEnds, linksOf, proofOfPassage } from "./links.ts";

const pingMs = 2_000;

export const partition: Injector<FaultOf<"partition">> = (fault, deployment, context) => {
  const links = linksOf(fault, deployment);
  return inject(context, {
    act: async () => void (await together(links.map((link) => link.cut()))),
    prove: async () => all(await together(links.map((link) => proofOfCut(link, deployment)))),
    look: async () => all(await together(links.map((link) => proofOfCut(link, deployment)))),
    undo: async () => void (await together(links.map((link) => link.mend()))),
    proveHealed: async () => all(await together(links.map((link) => proofOfPassage(link, deployment)))),
  });
};

async function proofOfCut(link: LinkHandle, deployment: Deployment): Promise<Evidence> {
  const { entry, exit } = await askBothEnds(link, deployment, pingMs);
  return { landed: entry.outcome === "refused" && exit.outcome === "answered", observation: `${arrow(link)} ${describePong(entry)}; the service itself ${describePong(exit)}` };
}
