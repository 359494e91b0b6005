import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  endGroup,
  familyOf,
  groupIsAlive,
  isSameProcess,
  listProcesses,
  mayBeSameProcess,
  processesOfRun,
  runVariable,
  signalGroup,
  spawnGroup,
  statOf,
} from "./processes.ts";

let directory = "";
let started: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "seawall-processes-"));
});
afterEach(() => {
  for (const child of started) if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
  started = [];
  rmSync(directory, { recursive: true, force: true });
});

const runId = `test-${process.pid}`;
const log = (): string => join(directory, "log");

/** A shell that leads its own group; ready when it has written a line. */
async function shell(
  script: string,
): Promise<{ child: ChildProcess; pid: number; ended: Promise<unknown[]> }> {
  const child = spawnGroup("sh", ["-c", `${script}`], {
    cwd: directory,
    env: { PATH: process.env["PATH"] ?? "", [runVariable]: runId },
    logFile: log(),
  });
  started.push(child);
  const ended = once(child, "exit");
  for (let waited = 0; waited < 200 && !readFileSync(log(), "utf8").includes("ready"); waited++)
    await delay(5);
  return { child, pid: child.pid ?? 0, ended };
}

describe("a process and its descendants", () => {
  it("include what a script within a script started, and exclude siblings", async () => {
    const { pid } = await shell("sh -c 'sleep 60 & sleep 60 & echo ready; wait' & wait");
    expect(familyOf(pid)[0]).toBe(pid);
    // Until exec, a process has the name of its parent.
    const names = (): unknown[] => familyOf(pid).map((one) => statOf(one)?.name);
    await expect
      .poll(() => names().sort(), { timeout: 10_000 })
      .toEqual(["sh", "sh", "sleep", "sleep"]);
    expect(familyOf(2 ** 22 + 1)).toEqual([2 ** 22 + 1]);
  });
});

describe("a process group", () => {
  it("ends on SIGTERM together with all its descendants", async () => {
    const { pid, ended } = await shell("sleep 60 & sleep 60 & echo ready; wait");
    expect(statOf(pid)?.group).toBe(pid);
    expect(processesOfRun(runId).length).toBeGreaterThanOrEqual(3);
    expect(await endGroup(pid, 2_000)).toBe(true);
    expect(await ended).toEqual([null, "SIGTERM"]);
    expect(groupIsAlive(pid) && processesOfRun(runId).length > 0).toBe(false);
  });

  it("ends through its leader, in the leader's own way; survivors are killed", async () => {
    const { pid, ended } = await shell(
      `sh -c "trap 'echo terminated' TERM; while :; do sleep 0.01; done" & sleep 60 & ` +
        "trap 'sleep 0.1; echo drained; exit 0' TERM; echo ready; wait",
    );
    expect(await endGroup(pid, 2_000)).toBe(true);
    expect(await ended).toEqual([0, null]);
    expect(readFileSync(log(), "utf8")).toBe("ready\ndrained\n");
    expect(processesOfRun(runId)).toEqual([]);
  });

  it("is killed if it ignores SIGTERM", async () => {
    const { pid, ended } = await shell("trap '' TERM; echo ready; while :; do sleep 1; done");
    const before = performance.now();
    expect(await endGroup(pid, 100)).toBe(true);
    expect(performance.now() - before).toBeGreaterThanOrEqual(95);
    expect((await ended)[1]).toBe("SIGKILL");
  });

  it("is killed at once without a drain time, and may be ended twice", async () => {
    const { pid, ended } = await shell("trap 'echo drained' TERM; echo ready; sleep 60 & wait");
    expect(await endGroup(pid, 0)).toBe(true);
    await ended;
    expect(readFileSync(log(), "utf8")).not.toContain("drained");
    expect(await endGroup(pid, 0)).toBe(true);
  });

  it("appends both outputs to its log", async () => {
    const first = await shell("echo ready; echo oops >&2");
    await first.ended;
    const second = await shell("echo again");
    await second.ended;
    expect(readFileSync(log(), "utf8")).toBe("ready\noops\nagain\n");
  });
});

describe.skipIf(statOf(process.pid) === null)("who a process is", () => {
  it("is identified by pid and start time together", async () => {
    const { pid, ended } = await shell("echo ready; sleep 60");
    const ticks = statOf(pid)?.startTicks ?? 0;
    expect([
      isSameProcess(pid, ticks),
      isSameProcess(pid, ticks + 1),
      isSameProcess(2 ** 22 + 1, ticks),
    ]).toEqual([true, false, false]);
    expect([
      mayBeSameProcess(pid, ticks),
      mayBeSameProcess(pid, ticks + 1),
      mayBeSameProcess(pid, 0),
      mayBeSameProcess(2 ** 22 + 1, 0),
    ]).toEqual([true, false, true, false]);
    await endGroup(pid, 0);
    await ended;
    expect([isSameProcess(pid, ticks), mayBeSameProcess(pid, 0)]).toEqual([false, false]);
  });

  it("can be read if its name contains spaces and parentheses", async () => {
    const { pid } = await shell(
      `cp "$(command -v sleep)" './a) S (b 1'; echo ready; exec './a) S (b 1' 60`,
    );
    for (
      let waited = 0;
      waited < 100 && !readFileSync(`/proc/${pid}/stat`, "utf8").includes("(a) S (b 1)");
      waited++
    )
      await delay(5);
    expect(statOf(pid)).toMatchObject({ group: pid });
    expect(statOf(pid)?.state).toMatch(/^[SR]$/);
  });

  it("is identified by the mark of its run, but only by the whole of it", async () => {
    const { pid } = await shell("echo ready; sleep 60");
    expect(processesOfRun(runId)).toContain(pid);
    expect(processesOfRun(runId.slice(0, -1))).not.toContain(pid);
    expect(listProcesses()).toContain(pid);
  });
});
