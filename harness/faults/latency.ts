/**
 * Answers over links come later by `delayMs` ± `jitterMs`, evenly spread. Proof: pings over the link take at least that long, pings past it do
 * not. The delay is per passage of data, so an exchange of several rounds (a TLS or a CQL handshake) pays it several times.
 */
import type { FaultOf } from "../core/faults.ts";
import { inject } from "../core/injection.ts";
import type { Deployment, Injection, InjectionContext, Injector, LinkHandle } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";
import { describePong, ping, type Pong } from "../system/ping.ts";
import { all, together } from "./injection.ts";
import { arrow, askBothEnds, linksOf, pingOf } from "./links.ts";

type Delay = { readonly delayMs: number; readonly jitterMs: number };

/** On top of the delay itself, for a busy machine. */
const graceMs = 2_000;
/** Timers fire up to a millisecond early. */
const earlyMs = 1;

export const latency: Injector<FaultOf<"latency">> = (fault, deployment, context) => delayLinks(linksOf(fault, deployment), fault, deployment, context);

export function delayLinks(links: readonly LinkHandle[], delay: Delay, deployment: Deployment, context: InjectionContext): Promise<Injection> {
  const removals: (() => Promise<void>)[] = [];
  const impose = async (link: LinkHandle): Promise<void> => {
    removals.push(await link.impose({ kind: "latency", delayMs: delay.delayMs, jitterMs: delay.jitterMs }));
  };
  return inject(context, {
    act: async () => void (await together(links.map(impose))),
    prove: async () => all(await together(links.map((link) => proofOfDelay(link, delay, deployment)))),
    look: async () => all(await together(links.map((link) => stillDelayed(link, delay, deployment)))),
    undo: async () => void (await together(removals.map((remove) => remove()))),
    proveHealed: async () => all(await together(links.map((link) => proofOfSpeed(link, delay, deployment)))),
  });
}

/** Late by chance is not late by design: several pings each, of which none over the link may be early, nor their mean. */
async function proofOfDelay(link: LinkHandle, { delayMs, jitterMs }: Delay, deployment: Deployment): Promise<Evidence> {
  const asked = await Promise.all(Array.from({ length: jitterMs > 0 ? 5 : 2 }, () => askBothEnds(link, deployment, delayMs + jitterMs + graceMs)));
  const [over, past] = [asked.map(({ entry }) => tookMs(entry)), asked.map(({ exit }) => tookMs(exit))];
  // The mean of five evenly spread over ± jitter is below minus three quarters of it once in some thousand times.
  const landed = Math.min(...over) >= delayMs - jitterMs - earlyMs && mean(over) >= delayMs - 0.75 * jitterMs - earlyMs && mean(over) - mean(past) >= delayMs / 4;
  return { landed, observation: told(link, over, past) };
}

/** A ping of a long delay would end after the heal: there, only the proxy is asked. */
const pingedDelayMsMax = 1_000;

/** The delay stands in the proxy, and one ping over the link is no earlier than it. */
async function stillDelayed(link: LinkHandle, delay: Delay, deployment: Deployment): Promise<Evidence> {
  const { delayMs, jitterMs } = delay;
  const stands = await link.observe({ kind: "latency", delayMs, jitterMs });
  if (!stands.landed || delayMs + jitterMs > pingedDelayMsMax) return stands;
  const over = await ping(link.entry, pingOf(link, deployment), delayMs + jitterMs + graceMs);
  const landed = tookMs(over) >= delayMs - jitterMs - earlyMs;
  return { landed, observation: `${stands.observation}, and a ping over it ${describePong(over)}` };
}

/** Three times, as one may be slow for reasons of its own. */
async function proofOfSpeed(link: LinkHandle, { delayMs }: Delay, deployment: Deployment): Promise<Evidence> {
  let observation = "";
  for (let attempt = 0; attempt < 3; attempt++) {
    const { entry, exit } = await askBothEnds(link, deployment, delayMs + graceMs);
    observation = told(link, [tookMs(entry)], [tookMs(exit)]);
    if (exit.outcome !== "answered") break;
    if (tookMs(entry) < delayMs / 2 || tookMs(entry) - tookMs(exit) < delayMs / 2) return { landed: true, observation };
  }
  return { landed: false, observation };
}

/** Not a number when there was no answer: then no comparison holds. */
function tookMs(pong: Pong): number {
  return pong.outcome === "answered" ? pong.tookMs : Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function told(link: LinkHandle, over: readonly number[], past: readonly number[]): string {
  return `${arrow(link)} answers after ${span(over)}, the service itself after ${span(past)}`;
}

/** `198…243 ms`; a ping without an answer shows as such. */
function span(values: readonly number[]): string {
  if (values.some(Number.isNaN)) return "nothing within the time";
  const [least, most] = [Math.min(...values), Math.max(...values)].map((ms) => ms.toFixed(ms < 10 ? 1 : 0));
  return least === most ? `${least} ms` : `${least}…${most} ms`;
}
