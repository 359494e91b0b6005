import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deniedSeconds, queuedSeconds } from "./starvation.ts";

describe.skipIf(!existsSync("/proc/self/schedstat"))("what was kept from the processor", () => {
  it("is summed over all threads of a process, never decreases, and is 0 for no process", () => {
    const before = queuedSeconds(process.pid);
    expect(before).toBeGreaterThan(0);
    expect(queuedSeconds(process.pid)).toBeGreaterThanOrEqual(before);
    expect(queuedSeconds(2 ** 22 + 1)).toBe(0);
  });

  it("is reported for the machine", () => {
    const { steal, throttling } = deniedSeconds();
    expect(
      Number.isFinite(steal) && steal >= 0 && Number.isFinite(throttling) && throttling >= 0,
    ).toBe(true);
  });
});
