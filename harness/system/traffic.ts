/** Moved bytes as the kernel counts them: of a process, and of this machine's interfaces. */
import { readFileSync } from "node:fs";

export interface Moved {
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/**
 * Bytes through files and sockets of all threads of a process: proc(5), `rchar` and `wchar`. Bytes
 * sent by `send`, `splice` or io_uring are not included. Null for a process that is gone or another
 * user's, and without /proc.
 */
export function movedBy(pid: number): Moved | null {
  try {
    return parseIo(readFileSync(`/proc/${pid}/io`, "latin1"));
  } catch {
    return null;
  }
}

export function parseIo(text: string): Moved | null {
  const [read, written] = ["rchar", "wchar"].map(
    (name) => new RegExp(`^${name}: (\\d+)$`, "m").exec(text)?.[1],
  );
  return read === undefined || written === undefined
    ? null
    : { readBytes: Number(read), writtenBytes: Number(written) };
}

export interface Interfaces {
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

/** Of all interfaces that this process sees, including loopback; null without /proc. */
export function movedByInterfaces(): Interfaces | null {
  try {
    return parseInterfaces(readFileSync("/proc/net/dev", "latin1"));
  } catch {
    return null;
  }
}

/**
 * `name: received-bytes packets … (8 columns) sent-bytes …`, after two header lines: proc_net_dev.
 */
export function parseInterfaces(text: string): Interfaces | null {
  const rows = text
    .split("\n")
    .filter((line) => line.includes(":"))
    .map((line) =>
      line
        .slice(line.indexOf(":") + 1)
        .trim()
        .split(/\s+/)
        .map(Number),
    );
  const total = (column: number): number => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0);
  return rows.length === 0 ? null : { receivedBytes: total(0), sentBytes: total(8) };
}

/**
 * Sums the bytes of a group's members, although members come and go. What a member moved between
 * two readings stays counted after its end. What it moved after its last reading is lost.
 */
export class MovedByMembers {
  readonly #last = new Map<number, Moved>();
  #total: Moved | null = null;

  /** Null until a member could be read. */
  read(members: readonly number[]): Moved | null {
    for (const pid of this.#last.keys()) if (!members.includes(pid)) this.#last.delete(pid);
    for (const pid of members) {
      const now = movedBy(pid);
      if (now === null) continue;
      const last = this.#last.get(pid) ?? { readBytes: 0, writtenBytes: 0 };
      this.#last.set(pid, now);
      this.#total = {
        readBytes: (this.#total?.readBytes ?? 0) + Math.max(0, now.readBytes - last.readBytes),
        writtenBytes:
          (this.#total?.writtenBytes ?? 0) + Math.max(0, now.writtenBytes - last.writtenBytes),
      };
    }
    return this.#total;
  }
}
