/**
 * Child processes in groups of their own: starting, watching, ending them, and telling one pid's
 * owner from the next.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
} from "node:fs";
import { uptime } from "node:os";
import { setTimeout as delay } from "node:timers/promises";

/** Every process that a run starts carries this variable; its value is the run's id. */
export const runVariable = "SEAWALL_RUN";

export interface GroupOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Standard output and error are appended here, unless `pipe` asks for standard output. */
  readonly logFile: string;
  readonly pipe?: boolean;
}

/**
 * Starts a program as the leader of a new process group, so that one signal reaches all that it
 * starts.
 */
export function spawnGroup(
  command: string,
  args: readonly string[],
  options: GroupOptions,
): ChildProcess {
  const log = openSync(options.logFile, "a");
  try {
    return spawn(command, [...args], {
      cwd: options.cwd,
      env: { ...options.env },
      detached: true,
      stdio: ["ignore", options.pipe === true ? "pipe" : log, log],
    });
  } finally {
    closeSync(log);
  }
}

/** Sends a signal to a whole group; false when nobody is left in it. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

export function groupIsAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * SIGTERM to the leader, which knows how those that it started are to be ended; SIGKILL to whoever
 * is left once it has ended or `drainMs` are over. Resolves when the group is empty, false when it
 * still is not after 5 s more.
 */
export async function endGroup(pid: number, drainMs: number): Promise<boolean> {
  if (drainMs > 0 && signalLeader(pid, "SIGTERM")) await leaderEnded(pid, drainMs);
  signalGroup(pid, "SIGKILL");
  return emptied(pid, 5_000);
}

function signalLeader(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

async function leaderEnded(pid: number, withinMs: number): Promise<void> {
  const leader = statOf(pid)?.startTicks ?? 0;
  for (
    const deadline = performance.now() + withinMs;
    mayBeSameProcess(pid, leader) && performance.now() < deadline;
  )
    await delay(15);
}

async function emptied(pid: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (let looks = 0; ; looks++) {
    // Looking for zombies reads all of /proc, so that is done rarely.
    if (!groupIsAlive(pid) || (looks % 16 === 4 && onlyZombies(pid))) return true;
    if (performance.now() >= deadline) return onlyZombies(pid);
    await delay(15);
  }
}

/**
 * In a container without an init, orphans of a group may stay as zombies for ever; they hold
 * nothing.
 */
function onlyZombies(group: number): boolean {
  const members = listProcesses()
    .map((pid) => statOf(pid))
    .filter((stat) => stat?.group === group);
  return members.length > 0 && members.every((stat) => stat?.state === "Z");
}

/**
 * Whether each member of a group that can run stands still. Reads all of /proc only where the
 * leader does.
 */
export function groupStandsStill(leader: number): boolean {
  const stands = ({ state }: ProcessStat): boolean => state === "T" || state === "Z";
  const stat = statOf(leader);
  if (stat !== null && !stands(stat)) return false;
  const members = listProcesses()
    .flatMap((pid) => statOf(pid) ?? [])
    .filter(({ group }) => group === leader);
  return members.length > 0 && members.every(stands);
}

export interface ProcessStat {
  /** Its title, at most 15 characters. */
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** 0 for one without a controlling terminal. */
  readonly terminal: number;
  /** Clock ticks since boot: with the pid, this names a process for good. */
  readonly startTicks: number;
  /** Of the process itself and the children that it has waited for. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/**
 * Linux user-space ticks per second (USER_HZ) and page size; both fixed on every platform that Node
 * 24 supports there.
 */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** Room for a line of /proc/PID/stat: 52 numbers and a name. */
const statLine = Buffer.allocUnsafe(2_048);

/**
 * Null when there is no such process, or no /proc. Read several times a second for each service, so
 * it takes three calls of the system and no more.
 */
export function statOf(pid: number): ProcessStat | null {
  let text: string;
  try {
    const file = openSync(`/proc/${pid}/stat`, "r");
    try {
      text = statLine.toString("latin1", 0, readSync(file, statLine, 0, statLine.length, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
  // The name in parentheses may hold spaces and parentheses itself: proc(5).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const at = (field: number): number => Number(fields[field - 3]);
  return {
    name: text.slice(text.indexOf("(") + 1, text.lastIndexOf(")")),
    state: fields[0] ?? "?",
    parent: at(4),
    group: at(5),
    session: at(6),
    terminal: at(7),
    startTicks: at(22),
    cpuSeconds: (at(14) + at(15) + at(16) + at(17)) / ticksPerSecond,
    residentBytes: at(24) * pageBytes,
  };
}

/**
 * How many descriptors a process holds; 0 for one that is gone, or another user's. Since Linux 6.2
 * the folder's size says so.
 */
export function descriptorsOf(pid: number): number {
  try {
    return statSync(`/proc/${pid}/fd`).size || readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/**
 * At most so many descriptors are looked at one by one: each costs a call of the system, and this
 * holds up whatever else is to happen.
 */
const lookedAtMax = 512;

/**
 * How many of a process's descriptors are no sockets. Exact up to 512 descriptors; of more, the
 * share among the lowest and some of the rest.
 */
export function otherDescriptorsOf(pid: number): number {
  try {
    const all = readdirSync(`/proc/${pid}/fd`);
    const every = Math.ceil(all.length / lookedAtMax);
    // Files are opened at the start and have low numbers; what comes and goes is looked at in part.
    const [first, rest] = [
      all.slice(0, lookedAtMax / 2),
      all.slice(lookedAtMax / 2).filter((_, index) => index % every === 0),
    ];
    const others = (some: readonly string[]): number =>
      some.filter((descriptor) => !isSocket(pid, descriptor)).length;
    return Math.round(
      others(first) +
        (rest.length === 0 ? 0 : (others(rest) * (all.length - first.length)) / rest.length),
    );
  } catch {
    return 0;
  }
}

function isSocket(pid: number, descriptor: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/${descriptor}`).startsWith("socket:");
  } catch {
    return true; // closed in the meantime, as sockets are
  }
}

/** Far above what a script around a program starts. */
const familyMax = 64;

/**
 * A process and what it started, and what that started. Without reading all of /proc: of each, what
 * its first thread started (proc(5), `children`).
 */
export function familyOf(pid: number): number[] {
  const family = [pid];
  for (let index = 0; index < family.length && family.length < familyMax; index++) {
    const parent = family[index] as number;
    try {
      const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "latin1");
      family.push(
        ...children
          .split(" ")
          .filter((child) => child !== "")
          .map(Number),
      );
    } catch {
      // it is gone
    }
  }
  return family;
}

export function listProcesses(): number[] {
  if (!existsSync("/proc/self/stat")) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/**
 * What process numbers and start ticks are relative to: this boot, and this PID namespace. Empty
 * where there is no /proc.
 */
export function machineEpoch(): string {
  try {
    return (
      `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ` +
      `${readlinkSync("/proc/self/ns/pid")}`
    );
  } catch {
    return "";
  }
}

/** Epoch ms at which a process started, to a hundredth of a second or so. */
export function startedMs({ startTicks }: Pick<ProcessStat, "startTicks">): number {
  return Date.now() - uptime() * 1_000 + (startTicks * 1_000) / ticksPerSecond;
}

/** Living processes whose environment carries `SEAWALL_RUN=runId`. */
export function processesOfRun(runId: string): number[] {
  const wanted = `${runVariable}=${runId}`;
  return listProcesses().filter(
    (pid) =>
      pid !== process.pid && environmentOf(pid).includes(wanted) && statOf(pid)?.state !== "Z",
  );
}

/**
 * SIGKILL to everything that carries the run's mark; returns those that are still there after
 * `patienceMs`.
 */
export async function endProcessesOfRun(runId: string, patienceMs: number): Promise<number[]> {
  for (const pid of processesOfRun(runId)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it ended by itself, or is not ours: then it is among those returned
    }
  }
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline && processesOfRun(runId).length > 0) await delay(50);
  return processesOfRun(runId);
}

export function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    return [];
  }
}

/**
 * Whether the process that once was seen with these start ticks is still there, and not another one
 * that got its number.
 */
export function isSameProcess(pid: number, startTicks: number): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.state !== "Z" && stat.startTicks === startTicks;
}

/**
 * As `isSameProcess`, but where there is no /proc to tell, any process of that number counts: for
 * those that must not be disturbed.
 */
export function mayBeSameProcess(pid: number, startTicks: number): boolean {
  if (startTicks > 0) return isSameProcess(pid, startTicks);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
