/**
 * Links on which each connection carries at most so many bytes per second each way: a client with many connections gets many times as much.
 * Proof: padded pings sent in a bunch on one connection take as long as their bytes need at that rate, and less than half as long past the link.
 */
import type { FaultOf } from "../core/faults.ts";
import { inject } from "../core/injection.ts";
import type { Deployment, Injector, LinkHandle } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";
import { rateOf } from "../system/ping.ts";
import { all, together } from "./injection.ts";
import { arrow, linksOf, pingOf } from "./links.ts";

/** For this long a link is kept busy at its rate. */
const busyMs = 500;
/** More than this tells nothing more, and costs the target its processor. */
const bytesMax = 4_000_000;
/** A measured rate this many times the limit is above it: timers are coarse, and what was under way arrives at once. */
const tolerance = 1.4;

export const bandwidth: Injector<FaultOf<"bandwidth">> = (fault, deployment, context) => {
  const links = linksOf(fault, deployment);
  const removals: (() => Promise<void>)[] = [];
  return inject(context, {
    act: async () => void (await together(links.map(async (link) => removals.push(await link.impose({ kind: "bandwidth", bytesPerSecond: fault.bytesPerSecond }))))),
    prove: async () => all(await together(links.map((link) => proofOfLimit(link, fault.bytesPerSecond, deployment)))),
    // Measuring it again and again would take from the target what it has left, so the limit itself is looked for.
    look: async () => all(await together(links.map((link) => link.observe({ kind: "bandwidth", bytesPerSecond: fault.bytesPerSecond })))),
    undo: async () => void (await together(removals.map((remove) => remove()))),
    proveHealed: async () => all(await together(links.map((link) => proofOfRoom(link, fault.bytesPerSecond, deployment)))),
  });
};

async function measure(link: LinkHandle, bytesPerSecond: number, deployment: Deployment): Promise<{ over: number; past: number; told: string }> {
  const bytes = pingOf(link, deployment);
  const wanted = Math.min(bytesMax, (bytesPerSecond * busyMs) / 1_000);
  // One after the other: they share a processor.
  const over = await rateOf(link.entry, bytes, wanted, 4 * busyMs);
  const past = await rateOf(link.exit, bytes, wanted, 4 * busyMs);
  return { over, past, told: `${arrow(link)} carries ${Math.round(over)} B/s, the service itself takes ${Math.round(past)} B/s` };
}

/** A service that takes no more than the limit by itself would hide whether there is one. */
async function proofOfLimit(link: LinkHandle, bytesPerSecond: number, deployment: Deployment): Promise<Evidence> {
  const { over, past, told } = await measure(link, bytesPerSecond, deployment);
  return { landed: over > 0 && over <= tolerance * bytesPerSecond && past > 2 * bytesPerSecond, observation: told };
}

async function proofOfRoom(link: LinkHandle, bytesPerSecond: number, deployment: Deployment): Promise<Evidence> {
  let observation = "";
  // Three times, as a busy machine may carry little for reasons of its own.
  for (let attempt = 0; attempt < 3; attempt++) {
    const { over, past, told } = await measure(link, bytesPerSecond, deployment);
    observation = told;
    if (past > 0 && over > Math.min(tolerance * bytesPerSecond, past / 3)) return { landed: true, observation };
  }
  return { landed: false, observation };
}
