/** Who gives way when the processors are short. */
import { writeFileSync } from "node:fs";
import { constants, getPriority, setPriority } from "node:os";

/**
 * The kernel takes one such wish of unprivileged users in a tenth of a second (sched(7), "The
 * autogroup feature"; EAGAIN).
 */
const againMs = 120;
const timesMax = 50;

/**
 * Lets a process that was just started, and all that it will start, give way to whoever has the
 * usual priority, by a nice value of 1…19. Where the kernel shares the processors between sessions
 * first, as it does where autogroups are on, a process's own value says nothing about other
 * sessions, so that the session is lowered as well. Nobody is given more than the harness has. Best
 * effort: where it is not allowed, nothing changes.
 */
export function giveWay(
  pid: number,
  nice: number = constants.priority.PRIORITY_BELOW_NORMAL,
): void {
  try {
    setPriority(pid, Math.max(nice, getPriority()));
  } catch {
    // It has ended already, or the machine does not allow it: no loss either way.
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
