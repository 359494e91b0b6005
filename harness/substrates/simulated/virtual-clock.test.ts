import { describe, expect, it } from "vitest";
import { Deadlock, VirtualClock } from "./virtual-clock.ts";

describe("virtual time", () => {
  it("runs events by due time, and simultaneous ones in the order of their requests", async () => {
    const clock = new VirtualClock(1_000);
    const seen: string[] = [];
    for (const [name, ms] of [
      ["c", 30],
      ["a", 10],
      ["d", 30],
      ["b", 20],
      ["now", -5],
    ] as const)
      clock.after(ms, () => seen.push(`${name} ${clock.nowMs()}`));
    clock.after(15, () => seen.push("forgotten"))();
    await clock.until(clock.sleep(100));
    expect(seen).toEqual(["now 1000", "a 1010", "b 1020", "c 1030", "d 1030"]);
    expect(clock.nowMs()).toBe(1_100);
  });

  it("runs all continuations of a wake-up before the next one, at any depth", async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    const deep = async (levels: number): Promise<void> =>
      levels === 0 ? void seen.push("deep") : deep(levels - 1).then(() => {});
    const both = Promise.all([
      clock.sleep(1).then(() => deep(200)),
      clock.sleep(2).then(() => seen.push("later")),
    ]);
    await clock.until(both);
    expect(seen).toEqual(["deep", "later"]);
  });

  it("wakes a sleeper with the reason on abort", async () => {
    const clock = new VirtualClock(0);
    const abort = new AbortController();
    clock.after(5, () => abort.abort(new Error("enough")));
    await expect(clock.until(clock.sleep(1_000, abort.signal))).rejects.toThrow("enough");
    expect(clock.nowMs()).toBe(5);
  });

  it("reports a deadlock, and freezes everything when it is cut", async () => {
    const clock = new VirtualClock(0);
    await expect(clock.until(new Promise(() => {}))).rejects.toThrow(Deadlock);
    let ran = 0;
    for (let i = 0; i < 10; i++)
      clock.after(i, () => {
        ran++;
      });
    expect(await clock.until(clock.sleep(100), (step) => step === 4)).toBeNull();
    expect(ran).toBeLessThan(10);
  });
});
