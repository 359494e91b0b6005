/**
 * The devices that hold a channel open, and how they are told what is on the board and where their
 * session is served now. A device that does not read fast enough is told nothing more until it
 * does, and then only the latest: it costs a cursor, not a queue.
 */
import type { Board, PostedNotice } from "./board.ts";
import { placeIn } from "./jitter.ts";

/** The writing end of a channel. */
export interface Outlet {
  /**
   * False when the other end does not keep up; then {@link Member.drained} has to be called once it
   * does.
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
  /** Null when there are too many. `afterSeq` is how far the device had heard. */
  join(device: string, session: string | null, afterSeq: number, outlet: Outlet): Member | null;
  /** Tells everybody what is new on the board; resolves when all who keep up have been told. */
  announce(): Promise<void>;
  relocate(session: string, to: Relocation): void;
  /** A sign of life, so that neither end takes the silence for a broken line. */
  beat(): void;
  endAll(): void;
  readonly connected: number;
  readonly full: boolean;
  /** How many have not been told everything yet. */
  readonly behind: number;
  readonly deliveries: number;
}

export interface AudienceOptions {
  readonly board: Board;
  /** Tells this board from the one before a restart, in ids of events. */
  readonly epoch: string;
  readonly connectedMax: number;
  /** Off: all devices act at the same moment. */
  readonly jitter: boolean;
}

/**
 * Told in one turn of the event loop, so that telling everybody never keeps a session start waiting
 * for long.
 */
const toldAtOnce = 200;

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
      let told = 0;
      for (const member of [...members]) {
        tell(member);
        told += 1;
        if (told % toldAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
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
 * A notice as one device hears it, as JSON; the same each time, because its moment depends on who
 * it is and on what it is told.
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
  return `{"key":${JSON.stringify(key)},"timestampMs":${timestampMs},"actAtMs":${mineMs},"data":${data}}`;
}

function noticeEvent(notice: PostedNotice, device: string, epoch: string, jitter: boolean): string {
  return `id: ${epoch}-${notice.seq}\nevent: notice\ndata: ${noticeFor(notice, device, jitter)}\n\n`;
}

/**
 * How far a device had heard, by the id that it kept: nothing, if that was before a restart or is
 * no id of ours.
 */
export function resumeAfter(lastEventId: string | null, epoch: string): number {
  const seq = /^([0-9a-z]+)-([0-9]{1,15})$/.exec(lastEventId ?? "");
  return seq !== null && seq[1] === epoch ? Number(seq[2]) : 0;
}
