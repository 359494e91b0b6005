/**
 * Answers over links come later by `delayMs` ± `jitterMs`, evenly spread. Proof: pings over the link take at least that long, pings past it do
 * not. The delay is per passage of data, so an exchange of several rounds (a TLS or a CQL handshake) pays it several times.
 */
import type { Fault } from "../core/faults.ts";
import type { Deployment, Injection, InjectionContext, Injector, LinkHandle } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";
import { describePong, type Pong } from "../system/ping.ts";
import { all, inject, together } from "./injection.ts";
import { arrow, askBothEnds, linksOf } from "./links.ts";

type Delay = { readonly delayMs: number; readonly jitterMs: number };

/** On top of the delay itself, for a busy machine. */
const graceMs = 2_000;
/** Timers fire up to a millisecond early. */
const earlyMs = 1;

export const latency: Injector<Extract<Fault, { kind: "latency" }>> = (fault, deployment, context) => delayLinks(linksOf(fault, deployment), fault, deployment, context);

export function delayLinks(links: readonly LinkHandle[], delay: Delay, deployment: Deployment, context: InjectionContext): Promise<Injection> {
  const removals: (() => Promise<void>)[] = [];
  const impose = async (link: LinkHandle): Promise<void> => {
    removals.push(await link.impose({ kind: "latency", delayMs: delay.delayMs, jitterMs: delay.jitterMs }));
  };
  return inject(context, {
    act: async () => void (await together(links.map(impose))),
    prove: async () => all(await together(links.map((link) => proofOfDelay(link, delay, deployment)))),
    undo: async () => void (await together(removals.map((remove) => remove()))),
    proveHealed: async () => all(await together(links.map((link) => proofOfSpeed(link, delay, deployment)))),
  });
}

async function proofOfDelay(link: LinkHandle, { delayMs, jitterMs }: Delay, deployment: Deployment): Promise<Evidence> {
  const { entry, exit } = await askBothEnds(link, deployment, delayMs + jitterMs + graceMs);
  const leastMs = delayMs - jitterMs - earlyMs;
  // Past the link it must be quicker, or the service itself was slow and nothing is known of the link.
  const landed = tookMs(entry) >= leastMs && tookMs(exit) < tookMs(entry);
  return { landed, observation: `${arrow(link)} ${describePong(entry)}; the service itself ${describePong(exit)}` };
}

async function proofOfSpeed(link: LinkHandle, { delayMs }: Delay, deployment: Deployment): Promise<Evidence> {
  // Three times, as one may be slow for reasons of its own.
  let observation = "";
  for (let attempt = 0; attempt < 3; attempt++) {
    const { entry, exit } = await askBothEnds(link, deployment, delayMs + graceMs);
    observation = `${arrow(link)} ${describePong(entry)}; the service itself ${describePong(exit)}`;
    if (entry.outcome === "answered" && (entry.tookMs < delayMs / 2 || entry.tookMs - tookMs(exit) < delayMs / 2)) return { landed: true, observation };
  }
  return { landed: false, observation };
}

/** Not a number when there was no answer: then no comparison holds. */
function tookMs(pong: Pong): number {
  return pong.outcome === "answered" ? pong.tookMs : Number.NaN;
}
