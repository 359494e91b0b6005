/**
 * Links on which a connection is reset (RST) as soon as something is sent. Proof: a ping is reset at the link's entry and answered past it.
 * Connections that stood before are closed at their next data, mostly with a FIN: Toxiproxy resets only what it connected since.
 */
import type { FaultOf } from "../core/faults.ts";
import { inject } from "../core/injection.ts";
import type { Deployment, Injector, LinkHandle } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";
import { describePong } from "../system/ping.ts";
import { all, together } from "./injection.ts";
import { arrow, askBothEnds, linksOf, proofOfPassage } from "./links.ts";

const pingMs = 2_000;

export const reset: Injector<FaultOf<"reset">> = (fault, deployment, context) => {
  const links = linksOf(fault, deployment);
  const removals: (() => Promise<void>)[] = [];
  return inject(context, {
    act: async () => void (await together(links.map(async (link) => removals.push(await link.impose({ kind: "reset" }))))),
    prove: async () => all(await together(links.map((link) => proofOfReset(link, deployment)))),
    look: async () => all(await together(links.map((link) => proofOfReset(link, deployment)))),
    undo: async () => void (await together(removals.map((remove) => remove()))),
    proveHealed: async () => all(await together(links.map((link) => proofOfPassage(link, deployment)))),
  });
};

async function proofOfReset(link: LinkHandle, deployment: Deployment): Promise<Evidence> {
  const { entry, exit } = await askBothEnds(link, deployment, pingMs);
  return { landed: entry.outcome === "reset" && exit.outcome === "answered", observation: `${arrow(link)} ${describePong(entry)}; the service itself ${describePong(exit)}` };
}
