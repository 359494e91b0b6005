import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { UndoEntry } from "../../record/undo.ts";
import type { Place, Service } from "../../target/layout.ts";
import { realClock } from "../../system/clock.ts";
import { endStrays } from "../../system/strays.ts";
import { statOf } from "../../system/processes.ts";
import { ProcessInstance } from "./instance.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "seawall-instance-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A service that is a shell script, with its ledger entries. */
function serviceOf(script: string): {
  readonly instance: ProcessInstance;
  readonly open: Set<UndoEntry>;
  readonly directory: string;
  pidIn(file: string): number;
} {
  const open = new Set<UndoEntry>();
  const directory = join(folder, "service");
  const service = {
    name: "one",
    drainMs: 0,
    readyWithinMs: 5_000,
    ready: { kind: "tcp", port: "http" },
    launch: () => ({ command: "sh", args: ["-c", script], env: {}, files: {} }),
  } as unknown as Service;
  const instance = new ProcessInstance(service, {
    runId: "instance-test",
    directory,
    logFile: join(folder, "log"),
    endpoint: () => ({ host: "127.9.8.6", port: 9 }),
    place: {} as Place,
    controlToken: "",
    effects: new Set(),
    undo: {
      record: (entry) => {
        open.add(entry);
        return () => void open.delete(entry);
      },
    },
    clock: realClock(),
    exited: () => {},
  });
  return {
    instance,
    open,
    directory,
    pidIn: (file) => Number(readFileSync(join(directory, file), "utf8")),
  };
}
const lives = (pid: number): boolean => ![undefined, "Z"].includes(statOf(pid)?.state);

it("keeps a group in the ledger while a member outlives its leader, and ends it", async () => {
  const { instance, open, pidIn } = serviceOf("env -i sleep 60 & echo $! > worker; exit 3");
  await expect(instance.start()).rejects.toThrow("ended before it was ready (exit status 3)");
  expect(instance.state).toBe("ended");
  expect(lives(pidIn("worker"))).toBe(true);
  expect(open.size).toBe(1);
  await instance.stop();
  expect(lives(pidIn("worker"))).toBe(false);
  expect(open.size).toBe(0);
});

it("starts again only once the previous life holds none of its ports", async () => {
  const { instance, open, pidIn } = serviceOf(
    "[ -f worker ] && mv worker before; env -i sleep 60 & echo $! > worker; exit 3",
  );
  await expect(instance.start()).rejects.toThrow();
  await expect(instance.start()).rejects.toThrow();
  expect(lives(pidIn("before"))).toBe(false);
  expect(open.size).toBe(1);
  await instance.kill();
  expect([lives(pidIn("worker")), open.size]).toEqual([false, 0]);
});

it("explains how to start a daemonised program, and finds it in its folder", async () => {
  const { instance, open, directory, pidIn } = serviceOf(
    "env -i setsid --fork sh -c 'echo $$ > daemon; exec sleep 60'; while ! [ -s daemon ]; " +
      "do sleep 0.01; done; exit 0",
  );
  await expect(instance.start()).rejects.toMatchObject({
    code: "SERVICE_FAILED",
    hint: expect.stringContaining("in the foreground"),
  });
  await instance.stop();
  expect(open.size).toBe(0);
  const pid = pidIn("daemon");
  expect(lives(pid)).toBe(true);
  const { ended, left } = await endStrays(
    { runId: "instance-test", groups: [], folders: [directory], endpoints: [], sinceTicks: 1 },
    2_000,
  );
  expect(ended).toEqual([
    { pid, name: "sleep", why: "its working directory is in the run's folder" },
  ]);
  expect(left).toEqual([]);
  expect(lives(pid)).toBe(false);
});
