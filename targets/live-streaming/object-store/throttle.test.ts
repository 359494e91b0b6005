import fc from "fast-check";
import { expect, test } from "vitest";
import { createThrottle } from "./throttle.ts";

test("lets no time window exceed its rate plus one second's burst", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 100 }), (gapsMs, rate) => {
      const throttle = createThrottle(rate);
      const admittedAtMs: number[] = [];
      let nowMs = 0;
      for (const gap of gapsMs) {
        nowMs += gap;
        if (throttle.admit("main", nowMs)) admittedAtMs.push(nowMs);
      }
      for (const [index, from] of admittedAtMs.entries()) {
        expect(admittedAtMs.length - index).toBeLessThanOrEqual(
          rate + ((nowMs - from) * rate) / 1000 + 1,
        );
      }
    }),
    { numRuns: 50 },
  );
});

test("charges one event nothing for another's requests, and has room again after a second", () => {
  const throttle = createThrottle(2);
  const admitted = [0, 0, 0].map((atMs) => throttle.admit("main", atMs));
  expect(admitted).toEqual([true, true, false]);
  expect(throttle.admit("other", 0)).toBe(true);
  expect(throttle.admit("main", 499)).toBe(false);
  expect(throttle.admit("main", 500)).toBe(true);
});
