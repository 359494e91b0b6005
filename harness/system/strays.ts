/**
 * Processes of a run that have no owner any more. Examples are a group member whose leader died, a
 * daemonised program, and one whose title overwrote its environment. Each leaves at least one
 * trace: the run's mark, its group, its folder or its port.
 */
import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Endpoint } from "../target/layout.ts";
import { listeners } from "./network.ts";
import {
  environmentOf,
  listProcesses,
  type ProcessStat,
  runVariable,
  startedMs,
  statOf,
} from "./processes.ts";

export interface Traces {
  readonly runId: string;
  /** By their leaders, as they were at their start. */
  readonly groups: readonly { readonly pid: number; readonly startTicks: number }[];
  /** Folders in which only processes of the run work. */
  readonly folders: readonly string[];
  /** Endpoints that were free before the run. */
  readonly endpoints: readonly Endpoint[];
  /**
   * Clock ticks from boot to the start of the run: an older process does not belong to it. 0:
   * unknown.
   */
  readonly sinceTicks: number;
  /**
   * Epoch ms: a listener on a port of the run that started later does not belong to it. Absent
   * while the run continues.
   */
  readonly untilMs?: number;
  /**
   * A process whose command line or environment contains a folder of the run belongs to it, too.
   */
  readonly named?: boolean;
}

export interface Stray {
  readonly pid: number;
  readonly name: string;
  /** The evidence that it belongs to the run. */
  readonly why: string;
}

/** Sends SIGKILL to all of them repeatedly, until none appears or `patienceMs` are over. */
export async function endStrays(
  traces: Traces,
  patienceMs: number,
): Promise<{ readonly ended: readonly Stray[]; readonly left: readonly Stray[] }> {
  const seen = new Map<number, Stray>();
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = straysOf(traces);
    for (const stray of found) {
      seen.set(stray.pid, stray);
      try {
        process.kill(stray.pid, "SIGKILL");
      } catch {
        // it has ended, or belongs to another user: then it is among those left
      }
    }
    if (found.length === 0 || performance.now() >= deadline) {
      const left = found.length === 0 ? [] : straysOf(traces);
      return {
        ended: [...seen.values()].filter(({ pid }) => !left.some((one) => one.pid === pid)),
        left,
      };
    }
    await delay(50);
  }
}

/** In one pass over /proc. Excludes this process and its ancestors. */
export function straysOf(traces: Traces): Stray[] {
  const folders = [...new Set(traces.folders.flatMap((folder) => [folder, realPath(folder)]))];
  const mine = ancestors();
  const holding =
    traces.endpoints.length === 0 ? new Map<number, string>() : listeners(traces.endpoints);
  const groups = traces.groups.filter(({ pid, startTicks }) => !numberWasTaken(pid, startTicks));
  return listProcesses().flatMap((pid): Stray[] => {
    const stat = mine.has(pid) ? null : statOf(pid);
    if (stat === null || stat.state === "Z") return [];
    const why = traceOf(pid, stat, { ...traces, folders, groups }, holding.get(pid));
    return why === null ? [] : [{ pid, name: stat.name, why }];
  });
}

function traceOf(
  pid: number,
  stat: ProcessStat,
  { runId, groups, folders, sinceTicks, untilMs, named }: Traces,
  port: string | undefined,
): string | null {
  const environment = environmentOf(pid);
  if (environment.includes(`${runVariable}=${runId}`)) return "it carries the run's mark";
  if (groups.some((group) => isMember(stat, group))) return "of a group that the run started";
  // Any user's process counts that is younger than the run and has the run's folder as its
  // temporary folder.
  const isYounger = stat.startTicks >= sinceTicks;
  const lies = (path: string | undefined): boolean =>
    path !== undefined &&
    folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
  if (!isYounger) return null;
  if (lies(environment.find((pair) => pair.startsWith("TMPDIR="))?.slice("TMPDIR=".length)))
    return "it was given the run's folder";
  // A person's shell, editor or pager may use that folder as well, but it has a terminal.
  if (stat.terminal !== 0) return null;
  if (lies(linkOf(pid, "cwd")) || lies(linkOf(pid, "exe")))
    return "its working directory is in the run's folder";
  const marked = environment.find((pair) => pair.startsWith(`${runVariable}=`));
  if (
    named === true &&
    [...environment, textOf(pid, "cmdline")].some((text) =>
      folders.some((folder) => text.includes(`${folder}/`)),
    )
  )
    return "it names the run's folder";
  if (port === undefined || marked !== undefined) return null;
  return untilMs === undefined || startedMs(stat) <= untilMs ? `it listens on ${port}` : null;
}

/**
 * A group's number is not reused while a member lives, and what the harness starts leads its own
 * session.
 */
function isMember(
  stat: ProcessStat,
  group: { readonly pid: number; readonly startTicks: number },
): boolean {
  return (
    stat.group === group.pid && stat.session === group.pid && stat.startTicks >= group.startTicks
  );
}

/** The leader's pid belongs to another process now, so the group was empty before. */
function numberWasTaken(pid: number, startTicks: number): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.startTicks !== startTicks;
}

function ancestors(): ReadonlySet<number> {
  const seen = new Set<number>();
  for (let pid = process.pid; pid > 0 && !seen.has(pid); pid = statOf(pid)?.parent ?? 0)
    seen.add(pid);
  return seen;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Undefined for another user's process, or one that is gone. */
function linkOf(pid: number, name: "cwd" | "exe"): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/${name}`).replace(/ \(deleted\)$/, "");
  } catch {
    return undefined;
  }
}

function textOf(pid: number, name: "cmdline"): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return "";
  }
}
