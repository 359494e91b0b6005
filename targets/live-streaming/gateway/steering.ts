/**
 * Assigns sessions to edges. An edge fills by the sessions' nominal bitrate, not by their present
 * use. Otherwise a still scene would admit viewers for whom there is no room when the picture
 * moves. Sessions leave a lost edge at once, and an overfull one until it is cool. No session moves
 * back, so assignments do not oscillate.
 */

export interface EdgeRoom {
  readonly name: string;
  readonly region: string;
  /** The part of the edge's capacity that this gateway may assign. */
  readonly capacityBitsPerSecond: number;
}

export interface SteeringOptions {
  readonly edges: readonly EdgeRoom[];
  readonly ownRegion: string;
  /** Off: every session goes to the first edge of its own region and stays there. */
  readonly enabled: boolean;
  readonly sessionsMax: number;
}

export interface Move {
  readonly session: string;
  readonly from: string;
  readonly to: string;
  readonly why: "lost" | "hot";
}

export interface Steering {
  /**
   * The session's edge from now on: its present one while that is usable. Null if no edge has room.
   */
  place(session: string, bitsPerSecond: number, untilMs: number): string | null;
  /** The session's edge, if the session is known. */
  edgeOf(session: string): string | null;
  release(session: string): void;
  setUsable(edge: string, usable: boolean): void;
  /** False if the edge does not exist. Zero empties it. */
  setCapacity(edge: string, bitsPerSecond: number): boolean;
  /** Moves up to this many sessions off edges that are lost or overfull. */
  rebalance(movesMax: number): Move[];
  /** Removes sessions that were not renewed. */
  expire(nowMs: number): void;
  readonly sessions: number;
  readonly edges: readonly {
    readonly name: string;
    readonly usable: boolean;
    readonly capacityBitsPerSecond: number;
    readonly reservedBitsPerSecond: number;
  }[];
}

/** Above this load, new sessions go elsewhere… */
export const hotShare = 0.8;
/**
 * …and an edge above that loses sessions until its load is down to this. The gap prevents
 * oscillation. A chosen value.
 */
export const coolShare = 0.7;

interface Edge {
  readonly name: string;
  readonly region: string;
  capacity: number;
  reserved: number;
  usable: boolean;
  readonly sessions: Set<string>;
}

interface Session {
  edge: Edge;
  bits: number;
  untilMs: number;
}

export function createSteering({
  edges: rooms,
  ownRegion,
  enabled,
  sessionsMax,
}: SteeringOptions): Steering {
  const edges: Edge[] = rooms.map(({ name, region, capacityBitsPerSecond }) => ({
    name,
    region,
    capacity: capacityBitsPerSecond,
    reserved: 0,
    usable: true,
    sessions: new Set<string>(),
  }));
  const sessions = new Map<string, Session>();

  /** If every edge seems lost, the gateway itself is cut off. Then none counts as lost. */
  const lost = (edge: Edge): boolean => !edge.usable && edges.some(({ usable }) => usable);
  const share = (edge: Edge): number =>
    edge.capacity === 0 ? Infinity : edge.reserved / edge.capacity;
  const fits = (edge: Edge, bits: number, fill: number): boolean =>
    edge.reserved + bits <= fill * edge.capacity;

  const choose = (bits: number, fills: readonly number[], not?: Edge): Edge | null => {
    if (!enabled) return edges.find(({ region }) => region === ownRegion) ?? edges[0] ?? null;
    const able = edges.filter((edge) => edge !== not && !lost(edge));
    const emptiest = (from: readonly Edge[]): Edge | null =>
      from.reduce<Edge | null>(
        (best, edge) => (best === null || share(edge) < share(best) ? edge : best),
        null,
      );
    for (const fill of fills) {
      const free = able.filter((edge) => fits(edge, bits, fill));
      const best = emptiest(free.filter(({ region }) => region === ownRegion)) ?? emptiest(free);
      if (best !== null) return best;
    }
    return null;
  };
  const leave = (name: string, session: Session): void => {
    session.edge.reserved -= session.bits;
    session.edge.sessions.delete(name);
    sessions.delete(name);
  };
  const enter = (name: string, edge: Edge, bits: number, untilMs: number): void => {
    edge.reserved += bits;
    edge.sessions.add(name);
    // Moved to the end of the expiry order.
    sessions.set(name, { edge, bits, untilMs });
  };
  const moveOff = (
    edge: Edge,
    why: Move["why"],
    until: () => boolean,
    fills: readonly number[],
    moves: Move[],
    movesMax: number,
  ): void => {
    for (const name of edge.sessions) {
      if (moves.length >= movesMax || until()) return;
      const session = sessions.get(name);
      const to = session === undefined ? null : choose(session.bits, fills, edge);
      if (session === undefined || to === null) return;
      leave(name, session);
      enter(name, to, session.bits, session.untilMs);
      moves.push({ session: name, from: edge.name, to: to.name, why });
    }
  };

  return {
    place(name, bits, untilMs) {
      const known = sessions.get(name);
      if (known === undefined && sessions.size >= sessionsMax) return null;
      const stays = known !== undefined && known.bits === bits && !(enabled && lost(known.edge));
      if (known !== undefined) leave(name, known);
      const edge = stays ? known.edge : choose(bits, [hotShare, 1]);
      if (edge === null) return null;
      enter(name, edge, bits, untilMs);
      return edge.name;
    },
    edgeOf: (name) => sessions.get(name)?.edge.name ?? null,
    release(name) {
      const session = sessions.get(name);
      if (session !== undefined) leave(name, session);
    },
    setUsable(name, usable) {
      for (const edge of edges) if (edge.name === name) edge.usable = usable;
    },
    setCapacity(name, bitsPerSecond) {
      const edge = edges.find((each) => each.name === name);
      if (edge !== undefined) edge.capacity = bitsPerSecond;
      return edge !== undefined;
    },
    rebalance(movesMax) {
      const moves: Move[] = [];
      if (!enabled) return moves;
      // A session leaves a lost edge for any with room, and a hot one only for an edge that stays
      // cool.
      for (const edge of edges)
        if (lost(edge)) moveOff(edge, "lost", () => false, [hotShare, 1], moves, movesMax);
      for (const edge of edges)
        if (!lost(edge) && share(edge) > hotShare)
          moveOff(edge, "hot", () => share(edge) <= coolShare, [hotShare], moves, movesMax);
      return moves;
    },
    expire(nowMs) {
      for (const [name, session] of sessions) if (session.untilMs <= nowMs) leave(name, session);
    },
    get sessions() {
      return sessions.size;
    },
    get edges() {
      return edges.map(({ name, usable, capacity, reserved }) => ({
        name,
        usable,
        capacityBitsPerSecond: capacity,
        reservedBitsPerSecond: reserved,
      }));
    },
  };
}
