/**
 * Time for which runnable work was kept from the processor: by other processes, by the hypervisor,
 * or by a quota.
 */
import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ, as in proc(5). */
const ticksPerSecond = 100;

/**
 * Seconds that all living threads of a process have waited in the run queue. 0 if the kernel does
 * not report it (sched-stats in the kernel's documentation).
 */
export function queuedSeconds(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce(
      (total, thread) =>
        total +
        Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[1] ?? 0) /
          1e9,
      0,
    );
  } catch {
    return 0;
  }
}

/**
 * Seconds since boot that the processors were given to other machines (steal), and that this
 * control group's quota took (throttling).
 */
export function deniedSeconds(): Readonly<Record<"steal" | "throttling", number>> {
  return {
    steal: Number(/^cpu +(?:\d+ ){7}(\d+)/.exec(read("/proc/stat"))?.[1] ?? 0) / ticksPerSecond,
    throttling:
      Number(/^throttled_usec (\d+)/m.exec(read("/sys/fs/cgroup/cpu.stat"))?.[1] ?? 0) / 1e6,
  };
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
