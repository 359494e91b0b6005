/**
 * Processor time and memory of a container, from its control group: cheaper than a request to the
 * engine.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Moved, MovedByMembers } from "../../system/traffic.ts";

export interface Usage extends Partial<Moved> {
  readonly service: string;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

const mount = "/sys/fs/cgroup";

/** Reads what the containers of one run use. */
export class ContainerMeter {
  /** By service, so that one that restarts continues from its sum. */
  readonly #moved = new Map<string, MovedByMembers>();

  /** Without containers whose process is gone, and empty if control groups cannot be read. */
  read(running: readonly { readonly service: string; readonly pid: number | null }[]): Usage[] {
    return running.flatMap(({ service, pid }) => {
      const moved = this.#moved.get(service) ?? new MovedByMembers();
      this.#moved.set(service, moved);
      return pid === null ? [] : usageOf(service, pid, moved);
    });
  }
}

function usageOf(service: string, pid: number, moved: MovedByMembers): Usage[] {
  const read = (path: string): string => readFileSync(join(mount, path), "utf8");
  try {
    const groups = readFileSync(`/proc/${pid}/cgroup`, "utf8");
    return [{ service, ...readUsage(groups, read), ...moved.read(readMembers(groups, read)) }];
  } catch {
    return [];
  }
}

/**
 * Version 1 has one tree per controller (`4:memory:/docker/ID`), version 2 a single one
 * (`0::/docker/ID`). cgroups(7).
 */
export function readUsage(groups: string, read: (path: string) => string): Omit<Usage, "service"> {
  const accounting = pathOf(groups, "cpuacct");
  const memory = pathOf(groups, "memory");
  if (accounting !== undefined && memory !== undefined) {
    return {
      cpuSeconds: Number(read(`cpuacct${accounting}/cpuacct.usage`)) / 1e9,
      residentBytes: field(read(`memory${memory}/memory.stat`), "total_rss"),
    };
  }
  const unified = pathOf(groups, "") ?? "/";
  return {
    cpuSeconds: field(read(`${unified}/cpu.stat`), "usage_usec") / 1e6,
    residentBytes: field(read(`${unified}/memory.stat`), "anon"),
  };
}

/** The processes of a container, by their pids outside it. */
export function readMembers(groups: string, read: (path: string) => string): number[] {
  const accounting = pathOf(groups, "cpuacct");
  const list = read(
    accounting === undefined
      ? `${pathOf(groups, "") ?? "/"}/cgroup.procs`
      : `cpuacct${accounting}/cgroup.procs`,
  );
  return list
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
}

function pathOf(groups: string, controller: string): string | undefined {
  return groups
    .split("\n")
    .map((line) => line.split(":"))
    .find(([, controllers]) => controllers?.split(",").includes(controller))
    ?.slice(2)
    .join(":");
}

function field(text: string, name: string): number {
  const value = new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`there is no ${name}`);
  return Number(value);
}
