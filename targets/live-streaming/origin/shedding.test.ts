import fc from "fast-check";
import { expect, test } from "vitest";
import {
  admittedPriorityMax,
  createStoreLoad,
  dvrPriority,
  overloadShare,
  priorities,
} from "./shedding.ts";

const barWhenStalled = (slowShare: number): number =>
  admittedPriorityMax({ slowShare, stalledShare: 1 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

test("sheds nothing up to the overload share", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: overloadShare, noNaN: true }), (slow) => {
      expect(admittedPriorityMax({ slowShare: slow, stalledShare: 0 })).toBe(100);
    }),
  );
});

test("lowers the bar monotonically along the cubic curve", () => {
  fc.assert(
    fc.property(share, share, (one, other) => {
      const [less, more] = one < other ? [one, other] : [other, one];
      expect(barWhenStalled(more)).toBeLessThanOrEqual(barWhenStalled(less));
    }),
  );
  expect(barWhenStalled(0.7)).toBeCloseTo(100 * (1 - 0.5 ** 3));
});

test("sheds all DVR before any live, and never writes", () => {
  fc.assert(
    fc.property(share, share, fc.nat(2_000_000_000), (slowShare, stalledShare, number) => {
      const bar = admittedPriorityMax({ slowShare, stalledShare });
      if (priorities.live > bar) expect(dvrPriority("v720", number)).toBeGreaterThan(bar);
      expect(priorities.publish).toBeLessThanOrEqual(bar);
    }),
  );
  expect(barWhenStalled(1)).toBeLessThan(priorities.live);
});

test("costs no live request while the store is slow but does not stall", () => {
  expect(admittedPriorityMax({ slowShare: 1, stalledShare: overloadShare })).toBe(priorities.live);
});

test("spreads DVR requests over their range", () => {
  const low = Array.from({ length: 1000 }, (_, number) => dvrPriority("v360", number)).filter(
    (each) => each < 65,
  ).length;
  expect(low).toBeGreaterThan(400);
  expect(low).toBeLessThan(600);
});

test("computes load as the share of slow requests in the window, and forgets it afterwards", () => {
  const load = createStoreLoad({ targetMs: 10, bearableMs: 100, windowMs: 1000, samplesMin: 10 });
  for (let at = 0; at < 9; at += 1) load.record(at < 3 ? 500 : 50, 0);
  expect(load.slowness(0)).toEqual({ slowShare: 0, stalledShare: 0 });
  for (let at = 0; at < 9; at += 1) load.record(5, 500);
  expect(load.slowness(500)).toEqual({ slowShare: 0.5, stalledShare: 3 / 18 });
  load.record(5, 950);
  expect(load.slowness(1050).slowShare).toBe(0);
});
