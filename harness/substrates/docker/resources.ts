/** Processor time and memory of a container, as its control group counts them: cheaper to read here than to ask the engine for. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Usage { readonly service: string; readonly cpuSeconds: number; readonly residentBytes: number }

const mount = "/sys/fs/cgroup";

/** Empty when the process is gone, or where control groups cannot be read. */
export function usageOf(service: string, pid: number): Usage[] {
  try {
    const usage = readUsage(readFileSync(`/proc/${pid}/cgroup`, "utf8"), (path) => readFileSync(join(mount, path), "utf8"));
    return [{ service, ...usage }];
  } catch {
    return [];
  }
}

/** Version 1 keeps a tree for each controller (`4:memory:/docker/ID`), version 2 one for all (`0::/docker/ID`). cgroups(7). */
export function readUsage(groups: string, read: (path: string) => string): Omit<Usage, "service"> {
  const pathOf = (controller: string): string | undefined =>
    groups.split("\n").map((line) => line.split(":")).find(([, controllers]) => controllers?.split(",").includes(controller))?.slice(2).join(":");
  const accounting = pathOf("cpuacct");
  const memory = pathOf("memory");
  if (accounting !== undefined && memory !== undefined) {
    return { cpuSeconds: Number(read(`cpuacct${accounting}/cpuacct.usage`)) / 1e9, residentBytes: field(read(`memory${memory}/memory.stat`), "total_rss") };
  }
  const unified = pathOf("") ?? "/";
  return { cpuSeconds: field(read(`${unified}/cpu.stat`), "usage_usec") / 1e6, residentBytes: field(read(`${unified}/memory.stat`), "anon") };
}

function field(text: string, name: string): number {
  const value = new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`there is no ${name}`);
  return Number(value);
}
