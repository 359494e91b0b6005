/** What faults on links share: finding their handles, and asking both ends of one. */
import { linksStruck, type Fault } from "../core/faults.ts";
import type { Deployment, LinkHandle } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";
import type { Ping } from "../core/target.ts";
import { linkName } from "../core/where.ts";
import { describePong, ping, type Pong } from "../system/ping.ts";

export function linksOf(fault: Fault, deployment: Deployment): readonly LinkHandle[] {
  const names = new Set(linksStruck(fault, deployment.layout).map(linkName));
  return deployment.links.filter((handle) => names.has(linkName(handle.link)));
}

/** Rejects when the service behind the link says nothing to be asked with. */
export function pingOf({ link }: LinkHandle, deployment: Deployment): Ping {
  const bytes = deployment.instance(link.to).service.pings?.[link.port];
  if (bytes === undefined) throw new Error(`${link.to} has no ping for its port ${link.port}, so the link cannot be seen to be broken`);
  return bytes;
}

export interface BothEnds { readonly entry: Pong; readonly exit: Pong }

/** Asks over the link, and past it. */
export async function askBothEnds(handle: LinkHandle, deployment: Deployment, timeoutMs: number): Promise<BothEnds> {
  const bytes = pingOf(handle, deployment);
  const [entry, exit] = await Promise.all([ping(handle.entry, bytes, timeoutMs), ping(handle.exit, bytes, timeoutMs)]);
  return { entry, exit };
}

/** `a→b:http`, for people. */
export function arrow({ link }: LinkHandle): string {
  return `${link.from} → ${link.to}:${link.port}`;
}

const passesWithinMs = 2_000;

/** What heals every fault on a link. */
export async function proofOfPassage(handle: LinkHandle, deployment: Deployment): Promise<Evidence> {
  const entry = await ping(handle.entry, pingOf(handle, deployment), passesWithinMs);
  return { landed: entry.outcome === "answered", observation: `${arrow(handle)} ${describePong(entry)}` };
}
