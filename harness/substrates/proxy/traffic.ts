/**
 * The target's own traffic on links: connections to their proxied ends, and bytes on open ones.
 * Toxiproxy counts bytes only when a connection closes, which those between services do not. The
 * system's tables contain them while they are open.
 */
import type { LinkHandle, LinkTotals } from "../../target/deployment.ts";
import { linkName } from "../../target/where.ts";
import { isOwn } from "../../system/own-connections.ts";
import { connectionsAt, type SeenConnections } from "../../system/sockets.ts";
import type { Endpoint } from "../../target/layout.ts";

type Look = (endpoints: readonly Endpoint[]) => Promise<SeenConnections>;

interface Total {
  readonly link: string;
  bytes: number;
  connections: number;
  open: Map<string, number>;
}

export class LinkTraffic {
  readonly #totals: ReadonlyMap<string, Total>;
  readonly #endpoints: readonly Endpoint[];
  readonly #look: Look;

  /** `look` reads the tables of the network that contains the proxied ends. */
  constructor(links: readonly LinkHandle[], look: Look = connectionsAt) {
    this.#totals = new Map(
      links.map(({ entry, link }) => [
        `${entry.host}:${entry.port}`,
        { link: linkName(link), bytes: 0, connections: 0, open: new Map() },
      ]),
    );
    this.#endpoints = links.map(({ entry }) => entry);
    this.#look = look;
  }

  /**
   * Since the first reading. A connection that opened and closed between two readings is counted,
   * but its bytes are not.
   */
  async read(): Promise<readonly LinkTotals[]> {
    if (this.#endpoints.length === 0) return [];
    const { connections, bytesCounted } = await this.#look(this.#endpoints);
    const seen = new Map<string, Map<string, number>>();
    for (const { at, other, bytes } of connections) {
      if (isOwn(other, at)) continue;
      const there = seen.get(at) ?? new Map<string, number>();
      seen.set(at, there);
      // Both ends of a connection may be in one table.
      there.set(other, Math.max(there.get(other) ?? 0, bytes ?? 0));
    }
    for (const [at, total] of this.#totals)
      this.#count(total, seen.get(at) ?? new Map(), bytesCounted);
    return [...this.#totals.values()].map(({ link, bytes, connections: made }) => ({
      link,
      connections: made,
      ...(bytesCounted ? { bytes } : {}),
    }));
  }

  #count(total: Total, now: Map<string, number>, bytesCounted: boolean): void {
    for (const [other, bytes] of now) {
      const before = total.open.get(other);
      // Without byte counts, an open connection counts each time, because its use is unknown.
      if (before === undefined || !bytesCounted) total.connections += 1;
      total.bytes += Math.max(0, bytes - (before ?? 0));
    }
    // A closed connection keeps its bytes; the next one with its number starts at zero.
    total.open = new Map(
      [...now].map(([other, bytes]) => [other, Math.max(bytes, total.open.get(other) ?? 0)]),
    );
  }
}
