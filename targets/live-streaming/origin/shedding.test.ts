import fc from "fast-check";
import { expect, test } from "vitest";
import { admittedPriorityMax, createStoreLoad, dvrPriority, overloadShare, priorities } from "./shedding.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });

test("nothing is shed up to the overload share", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: overloadShare, noNaN: true }), (slow) => {
    expect(admittedPriorityMax(slow)).toBe(100);
  }));
});

test("the bar only falls, and along the cubic curve", () => {
  fc.assert(fc.property(share, share, (one, other) => {
    const [less, more] = one < other ? [one, other] : [other, one];
    expect(admittedPriorityMax(more)).toBeLessThanOrEqual(admittedPriorityMax(less));
  }));
  expect(admittedPriorityMax(0.7)).toBeCloseTo(100 * (1 - 0.5 ** 3));
});

test("all DVR is shed before any live, and writes never", () => {
  fc.assert(fc.property(share, fc.nat(2_000_000_000), (slow, number) => {
    const bar = admittedPriorityMax(slow);
    if (priorities.live > bar) expect(dvrPriority("v720", number)).toBeGreaterThan(bar);
    expect(priorities.publish).toBeLessThanOrEqual(bar);
  }));
  expect(admittedPriorityMax(1)).toBeLessThan(priorities.live);
});

test("DVR requests are spread over their range", () => {
  const low = Array.from({ length: 1000 }, (_, number) => dvrPriority("v360", number)).filter((each) => each < 65).length;
  expect(low).toBeGreaterThan(400);
  expect(low).toBeLessThan(600);
});

test("load is the share of slow requests in the window, and forgotten after it", () => {
  const load = createStoreLoad({ targetMs: 10, windowMs: 1000, samplesMin: 10 });
  for (let at = 0; at < 9; at += 1) load.record(50, 0);
  expect(load.slowShare(0)).toBe(0);
  for (let at = 0; at < 9; at += 1) load.record(5, 500);
  expect(load.slowShare(500)).toBe(0.5);
  load.record(5, 950);
  expect(load.slowShare(1050)).toBe(0);
});
