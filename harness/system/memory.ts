/**
 * Detects whether the system ran out of memory and killed a process: a SIGKILL that no process
 * sent.
 */
import { readFileSync } from "node:fs";

/** cgroup v2 first, which counts this group only; the system-wide count if it cannot be read. */
const counters = ["/sys/fs/cgroup/memory.events", "/proc/vmstat"];

/** The number of kills since boot; null if no counter can be read. */
export function outOfMemoryKills(): number | null {
  let kills: number | null = null;
  for (const path of counters) {
    const count = oomKillIn(path);
    if (count !== null) kills = (kills ?? 0) + count;
  }
  return kills;
}

function oomKillIn(path: string): number | null {
  try {
    const found = /^oom_kill (\d+)$/m.exec(readFileSync(path, "utf8"))?.[1];
    return found === undefined ? null : Number(found);
  } catch {
    return null;
  }
}
