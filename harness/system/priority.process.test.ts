import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { lowerPriority } from "./priority.ts";

let child: ChildProcess | null = null;
afterEach(() => {
  child?.kill("SIGKILL");
  child = null;
});

const started = (): number => {
  child = spawn("sleep", ["20"], { detached: true, stdio: "ignore" });
  return child.pid ?? 0;
};

describe("a lower priority", () => {
  it("makes a process yield to its starter", () => {
    const pid = started();
    expect(getPriority(pid)).toBe(getPriority());
    lowerPriority(pid, 5);
    expect(getPriority(pid)).toBe(Math.max(5, getPriority()));
    lowerPriority(pid);
    expect(getPriority(pid)).toBe(Math.max(10, getPriority()));
  });

  it.skipIf(!existsSync("/proc/self/autogroup"))(
    "lowers its session, and not the starter's",
    async () => {
      const niceOf = (pid: number | "self"): string =>
        /nice (-?\d+)/.exec(readFileSync(`/proc/${pid}/autogroup`, "utf8"))?.[1] ?? "";
      const [own, pid] = [niceOf("self"), started()];
      lowerPriority(pid, 5);
      await expect.poll(() => niceOf(pid), { timeout: 2_000 }).toBe("5");
      expect(niceOf("self")).toBe(own);
    },
  );

  it("may be requested for a process that has ended", () => {
    expect(() => lowerPriority(2 ** 22 + 1)).not.toThrow();
  });
});
