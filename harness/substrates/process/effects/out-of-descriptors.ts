/**
 * A limit of file descriptors (RLIMIT_NOFILE) that each process of a service has reached. prlimit
 * sets and restores it on running processes, without root.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import type { FaultOf } from "../../../faults/faults.ts";
import type { Impairment } from "../../../target/deployment.ts";
import type { Evidence } from "../../../target/evidence.ts";
import { runWell } from "../../../system/child.ts";
import { listProcesses, statOf } from "../../../system/processes.ts";
import type { ProcessEffect } from "../effect.ts";

export const effect: ProcessEffect<FaultOf<"outOfDescriptors">> = {
  kind: "outOfDescriptors",
  supported: () =>
    (process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0) ||
    "limiting the descriptors of a running process needs Linux and prlimit (util-linux)",
  impose: (_fault, { pid }) => exhaust(pid),
};

/** By process: its limit before the fault, and during it. */
type Limits = ReadonlyMap<number, { readonly before: number; readonly now: number }>;

async function exhaust(leader: number): Promise<Impairment> {
  const limits = new Map(
    membersOf(leader).map((pid) => [pid, { before: limitOf(pid), now: lowestFree(pid) }]),
  );
  try {
    await setAll(limits, "now");
  } catch (error) {
    await setAll(limits, "before");
    throw error;
  }
  return {
    observe: async () => seen(limits, "now"),
    undo: async () => {
      await setAll(limits, "before");
      return seen(limits, "before");
    },
  };
}

function membersOf(leader: number): number[] {
  return listProcesses().filter((pid) => statOf(pid)?.group === leader);
}

/** Skips processes that have ended. */
async function setAll(limits: Limits, which: "before" | "now"): Promise<void> {
  for (const [pid, limit] of limits)
    if (statOf(pid) !== null)
      await runWell("prlimit", ["--pid", String(pid), `--nofile=${limit[which]}:`], {
        timeoutMs: 5_000,
      });
}

/** Reads the limits from the kernel. An ended process counts as healed. */
function seen(limits: Limits, which: "before" | "now"): Evidence {
  const observations = [...limits].map(([pid, limit]) => {
    const current = statOf(pid) === null ? null : limitOf(pid);
    return {
      landed: current === null ? which === "before" : current === limit[which],
      text: current === null ? `process ${pid} has ended` : `process ${pid} may open ${current}`,
    };
  });
  return {
    landed: observations.length > 0 && observations.every(({ landed }) => landed),
    observation: `descriptors: ${observations.map(({ text }) => text).join(", ")}`,
  };
}

/** The soft limit. */
function limitOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/limits`, "utf8");
  return Number(/^Max open files +(\d+)/m.exec(text)?.[1]);
}

/** A new descriptor takes the lowest free number, which must be below the limit. */
function lowestFree(pid: number): number {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (open.has(free)) free++;
  return free;
}
