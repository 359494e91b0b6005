/** Whether the system ran out of memory and ended a process for it: a SIGKILL that nobody sent. */
import { readFileSync } from "node:fs";

/**
 * cgroup v2 first, which counts what happened to this very group; the whole system's count where it
 * cannot be read.
 */
const counters = ["/sys/fs/cgroup/memory.events", "/proc/vmstat"];

/** How often since boot; null where no counter can be read. */
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
