import { expect, it } from "vitest";
import { busyShare, ticksIn } from "./patient-runner.ts";

it("computes from /proc/stat how busy all processors were between two readings", () => {
  const before = ticksIn("cpu  100 50 50 1000 100 0 0 0 0 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n");
  expect(before).toEqual({ all: 1300, idle: 1100 });
  const after = ticksIn("cpu  150 150 50 1040 110 0 0 0 0 0\n");
  expect(busyShare(before, after)).toBeCloseTo(0.75, 6);
  expect(busyShare(before, before)).toBe(0);
  expect(ticksIn("")).toEqual({ all: 0, idle: 0 });
});
