/**
 * Registers the harness's own short connections, so that its requests are not counted as traffic of
 * the target.
 */
import type { Socket } from "node:net";

/**
 * A closed connection stays in the system's tables for a minute (TIME_WAIT); its port may be reused
 * after that.
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
  // Connections to two addresses may share a local port.
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
