/** Processor time and memory of process groups, read in one pass over /proc. */
import { listProcesses, type ProcessStat, statOf } from "../../system/processes.ts";

export interface Usage { readonly service: string; readonly cpuSeconds: number; readonly residentBytes: number }

/** Groups without a living member are left out. Empty where there is no /proc. */
export function usage(groups: readonly { readonly service: string; readonly group: number }[]): Usage[] {
  const byGroup = new Map<number, ProcessStat[]>();
  for (const pid of listProcesses()) {
    const stat = statOf(pid);
    if (stat === null) continue;
    byGroup.set(stat.group, [...(byGroup.get(stat.group) ?? []), stat]);
  }
  return groups.flatMap(({ service, group }) => {
    const members = byGroup.get(group);
    if (members === undefined) return [];
    return [{ service, cpuSeconds: total(members, "cpuSeconds"), residentBytes: total(members, "residentBytes") }];
  });
}

function total(members: readonly ProcessStat[], field: "cpuSeconds" | "residentBytes"): number {
  return members.reduce((sum, member) => sum + member[field], 0);
}
