import { describe, expect, it } from "vitest";
import { realClock, wallClockStepMs } from "./clock.ts";

describe("the real clock", () => {
  it("agrees with the wall clock and never runs backwards", () => {
    const clock = realClock();
    const read = Array.from({ length: 10_000 }, () => clock.nowMs());
    expect(read).toEqual(read.toSorted((a, b) => a - b));
    expect(
      Math.min(...Array.from({ length: 9 }, () => Math.abs(wallClockStepMs(clock)))),
    ).toBeLessThan(5);
  });

  it("measures how far the wall clock has moved", () => {
    expect(wallClockStepMs({ ...realClock(), nowMs: () => Date.now() - 300 })).toBeCloseTo(300, -2);
  });

  it("sleeps, returns at once for past times, and wakes with the reason on abort", async () => {
    const clock = realClock();
    const before = performance.now();
    await clock.sleep(-5);
    await clock.sleep(30);
    expect(performance.now() - before).toBeGreaterThanOrEqual(28);
    const stop = new AbortController();
    const reason = new Error("enough");
    const asleep = clock.sleep(60_000, stop.signal);
    stop.abort(reason);
    await expect(asleep).rejects.toBe(reason);
    await expect(clock.sleep(0, stop.signal)).rejects.toBe(reason);
  });
});
