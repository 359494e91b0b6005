/** The harness's own short connections, so that its questions are never taken for traffic of the target. */
import type { Socket } from "node:net";

/** A closed connection is in the system's tables for a minute (TIME_WAIT); its number may go to somebody else after that. */
const keptMs = 90_000;

const known = new Map<string, number>();

/** Call it once connected. */
export function markOwn({ localAddress, localPort }: Socket): void {
  if (localPort === undefined) return;
  const nowMs = performance.now();
  for (const [name, atMs] of known) {
    if (nowMs - atMs < keptMs) break;
    known.delete(name);
  }
  const name = `${localAddress}:${localPort}`;
  known.delete(name);
  known.set(name, nowMs);
}

/** `address` is the end that is not the link's entry: `127.0.0.1:54321`. */
export function isOwn(address: string): boolean {
  return known.has(address);
}
