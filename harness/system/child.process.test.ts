import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { run, runWell } from "./child.ts";

describe("a child program", () => {
  it("returns its output and exit code", async () => {
    expect(await run("sh", ["-c", "echo out; echo err >&2; exit 3"])).toEqual({
      exitCode: 3,
      stdout: "out\n",
      stderr: "err\n",
    });
  });

  it("is rejected with the line that names the error", async () => {
    await expect(
      runWell("sh", ["-c", "echo E: no such package; echo bye; exit 100"]),
    ).rejects.toThrow("sh exited with 100: E: no such package");
  });

  it("is rejected by name if it does not exist", async () => {
    await expect(run("/nowhere/tool", [])).rejects.toThrow("/nowhere/tool is not on this machine");
  });

  it("is killed with its children if it hangs", async () => {
    const began = performance.now();
    await expect(run("sh", ["-c", "sleep 60 & wait"], { timeoutMs: 100 })).rejects.toThrow(
      "did not end within 0.1 s",
    );
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("ends with the signal's reason, after its whole group is gone", async () => {
    const interrupted = new AbortController();
    const reason = new Error("interrupted");
    let child = 0;
    const running = run(
      "sh",
      ["-c", "trap '' TERM; sleep 60 >/dev/null 2>&1 & echo $!; trap - TERM; wait"],
      {
        signal: interrupted.signal,
        onLine: (line) => {
          child = Number(line);
        },
      },
    );
    while (child === 0) await sleep(10);
    interrupted.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect.poll(() => isAlive(child)).toBe(false);
  });
});

/** A zombie counts as dead. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}
