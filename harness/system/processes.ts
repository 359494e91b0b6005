/**
 * Child processes in their own groups: start, observe, end, and distinguish processes that reuse a
 * pid.
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

/** Every process of a run has this environment variable; its value is the run's id. */
export const runVariable = "SEAWALL_RUN";

export interface GroupOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Standard output and error are appended here, unless `pipe` requests standard output. */
  readonly logFile: string;
  readonly pipe?: boolean;
}

/**
 * Starts a program as the leader of a new process group, so that one signal reaches all its
 * descendants.
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

/** Sends a signal to a whole group; false if it is empty. */
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
 * Sends SIGTERM to the leader, which knows how to end its children. Sends SIGKILL to the rest once
 * the leader has ended or `drainMs` are over. Resolves with true when the group is empty, false if
 * it still is not after 5 s more.
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
    // The search for zombies reads all of /proc, so it is done rarely.
    if (!groupIsAlive(pid) || (looks % 16 === 4 && onlyZombies(pid))) return true;
    if (performance.now() >= deadline) return onlyZombies(pid);
    await delay(15);
  }
}

/**
 * In a container without an init, orphans of a group may stay as zombies forever; they hold no
 * resources.
 */
function onlyZombies(group: number): boolean {
  const members = listProcesses()
    .map((pid) => statOf(pid))
    .filter((stat) => stat?.group === group);
  return members.length > 0 && members.every((stat) => stat?.state === "Z");
}

/**
 * Whether each runnable member of a group is stopped. Reads all of /proc only if the leader is
 * stopped.
 */
export function groupStandsStill(leader: number): boolean {
  const isStopped = ({ state }: ProcessStat): boolean => state === "T" || state === "Z";
  const stat = statOf(leader);
  if (stat !== null && !isStopped(stat)) return false;
  const members = listProcesses()
    .flatMap((pid) => statOf(pid) ?? [])
    .filter(({ group }) => group === leader);
  return members.length > 0 && members.every(isStopped);
}

export interface ProcessStat {
  /** The process title, at most 15 characters. */
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** 0 without a controlling terminal. */
  readonly terminal: number;
  /** Clock ticks since boot; together with the pid, this identifies a process permanently. */
  readonly startTicks: number;
  /** Of the process and the children that it has waited for. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/**
 * Linux user-space ticks per second (USER_HZ) and page size; both constant on every platform that
 * Node 24 supports there.
 */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** Buffer for a line of /proc/PID/stat: 52 numbers and a name. */
const statLine = Buffer.allocUnsafe(2_048);

/**
 * Null without such a process, or without /proc. Called several times per second for each service,
 * so it makes only three system calls.
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
  // The name in parentheses may itself contain spaces and parentheses: proc(5).
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
 * The number of descriptors of a process; 0 if it is gone or another user's. Since Linux 6.2 the
 * folder's size contains it.
 */
export function descriptorsOf(pid: number): number {
  try {
    return statSync(`/proc/${pid}/fd`).size || readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/**
 * The greatest number of descriptors to inspect one by one: each takes a system call, and blocks
 * the event loop.
 */
const lookedAtMax = 512;

/**
 * The number of a process's descriptors that are not sockets. Exact up to 512 descriptors; above
 * that, an estimate from the lowest and a sample of the rest.
 */
export function otherDescriptorsOf(pid: number): number {
  try {
    const all = readdirSync(`/proc/${pid}/fd`);
    const every = Math.ceil(all.length / lookedAtMax);
    // Files are opened at the start and have low numbers; later descriptors are sampled.
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
    return true; // closed meanwhile, as sockets are
  }
}

/** Far above what a script around a program starts. */
const familyMax = 64;

/**
 * A process and its descendants. It does not read all of /proc, but the children of each first
 * thread (proc(5), `children`).
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
 * Identifies this boot and this PID namespace, to which pids and start ticks are relative. Empty
 * without /proc.
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

/** Start of a process in epoch ms, within about 10 ms. */
export function startedMs({ startTicks }: Pick<ProcessStat, "startTicks">): number {
  return Date.now() - uptime() * 1_000 + (startTicks * 1_000) / ticksPerSecond;
}

/** Living processes whose environment contains `SEAWALL_RUN=runId`. */
export function processesOfRun(runId: string): number[] {
  const mark = `${runVariable}=${runId}`;
  return listProcesses().filter(
    (pid) => pid !== process.pid && environmentOf(pid).includes(mark) && statOf(pid)?.state !== "Z",
  );
}

/**
 * Sends SIGKILL to every process with the run's mark; returns those that still exist after
 * `patienceMs`.
 */
export async function endProcessesOfRun(runId: string, patienceMs: number): Promise<number[]> {
  for (const pid of processesOfRun(runId)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it has ended, or belongs to another user: then it is among those returned
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
 * Whether this is still the process with these start ticks, and not another one with the same pid.
 */
export function isSameProcess(pid: number, startTicks: number): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.state !== "Z" && stat.startTicks === startTicks;
}

/**
 * Like `isSameProcess`, but without /proc any process with the pid counts: for processes that must
 * not be disturbed.
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
