import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deniedSeconds, queuedSeconds } from "./starvation.ts";

describe.skipIf(!existsSync("/proc/self/schedstat"))("what was kept from the processor", () => {
  it("is told for every thread of a process, never runs backwards, and is nothing for nobody", () => {
    const before = queuedSeconds(process.pid);
    expect(before).toBeGreaterThan(0);
    expect(queuedSeconds(process.pid)).toBeGreaterThanOrEqual(before);
    expect(queuedSeconds(2 ** 22 + 1)).toBe(0);
  });

  it("is told of the machine", () => {
    const { steal, throttling } = deniedSeconds();
    expect(
      Number.isFinite(steal) && steal >= 0 && Number.isFinite(throttling) && throttling >= 0,
    ).toBe(true);
  });
});
