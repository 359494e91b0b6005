/**
 * Processor time, memory, open sockets and moved bytes of process groups, read in one pass over
 * /proc.
 */
import {
  descriptorsOf,
  listProcesses,
  otherDescriptorsOf,
  type ProcessStat,
  statOf,
} from "../../system/processes.ts";
import { type Moved, MovedByMembers } from "../../system/traffic.ts";

export interface Usage extends Partial<Moved> {
  readonly service: string;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly openSockets: number;
}

interface Group {
  readonly service: string;
  readonly group: number;
}

/**
 * Group membership changes rarely, and reading it takes all of /proc. It is refreshed at this
 * interval, and for a new group. The number of a member's other descriptors changes more rarely
 * still; growth since then counts as sockets.
 */
const membersForMs = 10_000;
const othersForMs = 30_000;

export class GroupMeter {
  #members = new Map<number, number[]>();
  /** Descriptors that are not sockets, by pid. */
  readonly #others = new Map<number, number>();
  readonly #moved = new Map<string, MovedByMembers>();
  #lookedMs = Number.NEGATIVE_INFINITY;
  #othersMs = Number.NEGATIVE_INFINITY;

  /** Groups without a living member are omitted. Empty without /proc. */
  read(groups: readonly Group[], nowMs: number): Usage[] {
    if (
      nowMs - this.#lookedMs >= membersForMs ||
      groups.some(({ group }) => !this.#members.has(group))
    )
      this.#look(nowMs);
    return groups.flatMap(({ service, group }) => {
      const members = (this.#members.get(group) ?? [])
        .flatMap((pid) => ({ pid, stat: statOf(pid) }))
        .filter((one): one is { pid: number; stat: ProcessStat } => one.stat?.group === group);
      const stats = members.map(({ stat }) => stat);
      return stats.length === 0
        ? []
        : [
            {
              service,
              cpuSeconds: total(stats, "cpuSeconds"),
              residentBytes: total(stats, "residentBytes"),
              openSockets: members.reduce((sum, { pid }) => sum + this.#socketsOf(pid), 0),
              ...this.#movedBy(
                service,
                members.map(({ pid }) => pid),
              ),
            },
          ];
    });
  }

  #socketsOf(pid: number): number {
    let others = this.#others.get(pid);
    if (others === undefined) {
      others = otherDescriptorsOf(pid);
      this.#others.set(pid, others);
    }
    return Math.max(0, descriptorsOf(pid) - others);
  }

  /**
   * One sum per service across its groups, so that a restarted service continues from its previous
   * sum.
   */
  #movedBy(service: string, members: readonly number[]): Moved | null {
    const moved = this.#moved.get(service) ?? new MovedByMembers();
    this.#moved.set(service, moved);
    return moved.read(members);
  }

  #look(nowMs: number): void {
    this.#lookedMs = nowMs;
    if (nowMs - this.#othersMs >= othersForMs) {
      this.#othersMs = nowMs;
      this.#others.clear();
    }
    this.#members = Map.groupBy(listProcesses(), (pid) => statOf(pid)?.group ?? 0);
  }
}

function total(members: readonly ProcessStat[], field: "cpuSeconds" | "residentBytes"): number {
  return members.reduce((sum, member) => sum + member[field], 0);
}
