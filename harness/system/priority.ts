/** Process priorities, for when processor time is scarce. */
import { writeFileSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";

/**
 * The kernel accepts one such request per 100 ms from unprivileged users (sched(7), "The autogroup
 * feature"; EAGAIN).
 */
const againMs = 120;
const timesMax = 50;

/**
 * Lowers the priority of a process that was just started, and of its future children, by a nice
 * value of 1…19. If the kernel first divides processor time between sessions (autogroups), a
 * process's own value has no effect on other sessions. So the session is lowered as well. No
 * process gets a higher priority than the harness. Best effort: without permission, nothing
 * changes.
 */
export function lowerPriority(
  pid: number,
  nice: number = constants.priority.PRIORITY_BELOW_NORMAL,
): void {
  try {
    setPriority(pid, Math.max(nice, getPriority()));
  } catch {
    // The process has ended already, or the machine does not allow it; both are harmless.
  }
  lowerSession(pid, nice, timesMax);
}

function lowerSession(pid: number, nice: number, times: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(nice));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EAGAIN" && times > 1)
      setTimeout(() => lowerSession(pid, nice, times - 1), againMs).unref();
  }
}
