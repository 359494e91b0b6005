import fc from "fast-check";
import { expect, test } from "vitest";
import { createUtilisation, memoryMs } from "./utilisation.ts";

function simulate(shares: readonly number[], stepMs: number): number[] {
  let [clockMs, busyMs] = [0, 0];
  const utilisation = createUtilisation([() => busyMs, () => 0], () => clockMs);
  return shares.map((share) => {
    clockMs += stepMs;
    busyMs += share * stepMs;
    return utilisation.now;
  });
}

test("follows the work done, with half a second of memory", () => {
  const read = simulate(
    Array.from({ length: 40 }, () => 0.7),
    50,
  );
  expect(read[9]).toBeCloseTo(0.7 * (1 - Math.exp(-500 / memoryMs)));
  expect(read.at(-1)).toBeCloseTo(0.7, 1);
});

test("stays within 0…1 and within the observed values", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }),
      fc.integer({ min: 1, max: 3_000 }),
      (shares, stepMs) => {
        for (const read of simulate(shares, stepMs)) {
          expect(read).toBeGreaterThanOrEqual(0);
          expect(read).toBeLessThanOrEqual(Math.max(...shares) + 1e-9);
        }
      },
    ),
  );
});

test("reports the busiest source", () => {
  let clockMs = 0;
  const utilisation = createUtilisation([() => 0, () => clockMs], () => clockMs);
  clockMs = 10_000;
  expect(utilisation.now).toBeCloseTo(1);
});
