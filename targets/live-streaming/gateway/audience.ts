/**
 * The devices that hold an open channel. The gateway sends them the board's state and the edge that
 * serves their session. A device that reads too slowly gets nothing more until it catches up, and
 * then only the latest state. It costs a cursor, not a queue.
 */
import type { Board, PostedNotice } from "./board.ts";
import { placeIn } from "./jitter.ts";

/** The writing end of a channel. */
export interface Outlet {
  /**
   * False if the other end is too slow. The caller then calls {@link Member.drained} once it
   * catches up.
   */
  write(text: string): boolean;
  end(): void;
}

export interface Relocation {
  readonly edge: string;
  readonly manifestUrl: string;
  /** Epoch ms. */
  readonly actAtMs: number;
}

export interface Member {
  drained(): void;
  leave(): void;
}

export interface Audience {
  /** Null if there are too many devices. `afterSeq` is the last change that the device received. */
  join(device: string, session: string | null, afterSeq: number, outlet: Outlet): Member | null;
  /** Sends all devices the board's changes. Resolves when all who keep up have them. */
  announce(): Promise<void>;
  relocate(session: string, to: Relocation): void;
  /** A heartbeat, so that neither end takes silence for a broken connection. */
  beat(): void;
  endAll(): void;
  readonly connected: number;
  readonly full: boolean;
  /** The number of devices that lack a change. */
  readonly behind: number;
  readonly deliveries: number;
}

export interface AudienceOptions {
  readonly board: Board;
  /** Distinguishes this board from the one before a restart, in event ids. */
  readonly epoch: string;
  readonly connectedMax: number;
  /** Off: all devices act at the same moment. */
  readonly jitter: boolean;
}

/**
 * The batch for one turn of the event loop, so that a broadcast never delays a session start for
 * long.
 */
const sentAtOnce = 200;

interface Listener {
  readonly device: string;
  readonly session: string | null;
  readonly outlet: Outlet;
  cursor: number;
  blocked: boolean;
  relocation: Relocation | null;
}

export function createAudience({ board, epoch, connectedMax, jitter }: AudienceOptions): Audience {
  const members = new Set<Listener>();
  const bySession = new Map<string, Listener>();
  let deliveries = 0;

  const tell = (member: Listener): void => {
    if (member.blocked) return;
    if (member.relocation !== null) {
      const { relocation } = member;
      member.relocation = null;
      deliveries += 1;
      member.blocked = !member.outlet.write(`event: edge\ndata: ${JSON.stringify(relocation)}\n\n`);
    }
    for (const notice of member.blocked ? [] : board.after(member.cursor)) {
      member.cursor = notice.seq;
      deliveries += 1;
      if (member.outlet.write(noticeEvent(notice, member.device, epoch, jitter))) continue;
      member.blocked = true;
      return;
    }
  };
  const leave = (member: Listener): void => {
    members.delete(member);
    if (member.session !== null && bySession.get(member.session) === member)
      bySession.delete(member.session);
  };

  return {
    join(device, session, afterSeq, outlet) {
      if (members.size >= connectedMax) return null;
      const member: Listener = {
        device,
        session,
        outlet,
        cursor: Math.min(afterSeq, board.seq),
        blocked: false,
        relocation: null,
      };
      members.add(member);
      if (session !== null) bySession.set(session, member);
      tell(member);
      return {
        drained() {
          member.blocked = false;
          tell(member);
        },
        leave: () => leave(member),
      };
    },
    async announce() {
      let sent = 0;
      for (const member of [...members]) {
        tell(member);
        sent += 1;
        if (sent % sentAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    },
    relocate(session, to) {
      const member = bySession.get(session);
      if (member === undefined) return;
      member.relocation = to;
      tell(member);
    },
    beat() {
      for (const member of members)
        if (!member.blocked) member.blocked = !member.outlet.write(":\n\n");
    },
    endAll() {
      for (const member of [...members]) {
        leave(member);
        member.outlet.end();
      }
    },
    get connected() {
      return members.size;
    },
    get full() {
      return members.size >= connectedMax;
    },
    get behind() {
      return [...members].filter(
        ({ cursor, relocation }) => cursor < board.seq || relocation !== null,
      ).length;
    },
    get deliveries() {
      return deliveries;
    },
  };
}

export interface HeardNotice {
  readonly key: string;
  readonly timestampMs: number;
  readonly actAtMs: number;
  readonly data: unknown;
}

/**
 * A notice for one device, as JSON. It is the same each time, because its moment depends only on
 * device and notice.
 */
export function noticeFor(
  { key, timestampMs, actAtMs, spreadMs, data }: PostedNotice,
  device: string,
  jitter: boolean,
): string {
  const mineMs = placeIn(
    { from: actAtMs, spread: spreadMs },
    jitter,
    device,
    `${key} ${timestampMs}`,
  );
  const head = `"key":${JSON.stringify(key)},"timestampMs":${timestampMs}`;
  return `{${head},"actAtMs":${mineMs},"data":${data}}`;
}

function noticeEvent(notice: PostedNotice, device: string, epoch: string, jitter: boolean): string {
  const data = noticeFor(notice, device, jitter);
  return `id: ${epoch}-${notice.seq}\nevent: notice\ndata: ${data}\n\n`;
}

/**
 * The last change that a device received, by the id that it kept. None if the id is foreign or
 * predates a restart.
 */
export function resumeAfter(lastEventId: string | null, epoch: string): number {
  const seq = /^([0-9a-z]+)-([0-9]{1,15})$/.exec(lastEventId ?? "");
  return seq !== null && seq[1] === epoch ? Number(seq[2]) : 0;
}
