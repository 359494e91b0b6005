/**
 * The harness's own short connections, so that its questions are never taken for traffic of the
 * target.
 */
import type { Socket } from "node:net";

/**
 * A closed connection is in the system's tables for a minute (TIME_WAIT); its number may go to
 * somebody else after that.
 */
const keptMs = 90_000;

const known = new Map<string, number>();

/** Call it once connected. */
export function markOwn({ localAddress, localPort, remoteAddress, remotePort }: Socket): void {
  if (localPort === undefined || remotePort === undefined) return;
  const nowMs = performance.now();
  for (const [name, atMs] of known) {
    if (nowMs - atMs < keptMs) break;
    known.delete(name);
  }
  // Connections to two places may have the same number at this end.
  const name = nameOf(`${localAddress}:${localPort}`, `${remoteAddress}:${remotePort}`);
  known.delete(name);
  known.set(name, nowMs);
}

/** Whether the harness made the connection from `from`, such as `127.0.0.1:54321`, to `to`. */
export function isOwn(from: string, to: string): boolean {
  return known.has(nameOf(from, to));
}

function nameOf(from: string, to: string): string {
  return `${from}>${to}`;
}
