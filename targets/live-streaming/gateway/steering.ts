/**
 * Which edge serves which session. An edge is filled by what its sessions may come to need (their
 * nominal bitrate), not by what they happen to use: a still scene must not let in viewers for whom
 * there is no room when the picture moves. Sessions leave an edge that is lost at once, and one
 * that is too full until it is cool; nobody is moved back, so nothing swings.
 */

export interface EdgeRoom {
  readonly name: string;
  readonly region: string;
  /** What this gateway may hand out of the edge. */
  readonly capacityBitsPerSecond: number;
}

export interface SteeringOptions {
  readonly edges: readonly EdgeRoom[];
  readonly ownRegion: string;
  /** Off: everybody goes to the first edge of the own region and stays there. */
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
   * The session's edge from now on; the one it has, while that is of use. Null when there is no
   * room anywhere.
   */
  place(session: string, bitsPerSecond: number, untilMs: number): string | null;
  /** Where a session is, if it is known. */
  edgeOf(session: string): string | null;
  release(session: string): void;
  setUsable(edge: string, usable: boolean): void;
  /** False for an edge that does not exist. Zero empties it. */
  setCapacity(edge: string, bitsPerSecond: number): boolean;
  /** Moves at most that many sessions off edges that are lost or too full. */
  rebalance(movesMax: number): Move[];
  /** Forgets sessions that were not renewed. */
  expire(nowMs: number): void;
  readonly sessions: number;
  readonly edges: readonly {
    readonly name: string;
    readonly usable: boolean;
    readonly capacityBitsPerSecond: number;
    readonly reservedBitsPerSecond: number;
  }[];
}

/** New sessions go elsewhere from here on… */
export const hotShare = 0.8;
/**
 * …and sessions of an edge above that leave until it is down to this: the gap keeps it from
 * swinging. Choose.
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

  /** When every edge seems lost it is the gateway that is cut off: then none is. */
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
    // Last in the order of expiry.
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
      // Off a lost edge to any that has room; off a hot one only to where it stays cool.
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
