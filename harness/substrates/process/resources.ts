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
 * Who belongs to a group changes rarely, and finding out reads all of /proc: looked up anew this
 * often, and when a group is new. The descriptors of a member that are no sockets change more
 * rarely still: those that it has more since are taken for sockets.
 */
const membersForMs = 10_000;
const othersForMs = 30_000;

export class GroupMeter {
  #members = new Map<number, number[]>();
  /** Descriptors that are no sockets, by pid. */
  readonly #others = new Map<number, number>();
  readonly #moved = new Map<string, MovedByMembers>();
  #lookedMs = Number.NEGATIVE_INFINITY;
  #othersMs = Number.NEGATIVE_INFINITY;

  /** Groups without a living member are left out. Empty where there is no /proc. */
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
   * One sum for each service, whatever groups it had: a service that is started again goes on where
   * it was.
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
