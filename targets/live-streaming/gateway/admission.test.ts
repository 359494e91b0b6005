import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  admittedPriorityMax,
  type Bucket,
  bucketOf,
  buckets,
  createAdmission,
  criticalFrom,
  nonCriticalFrom,
  targetUtilisation,
} from "./admission.ts";

const utilisation = fc.double({ min: 0, max: 1.2, noNaN: true });
const admittedShare = (bucket: Bucket, at: number): number => {
  const admission = createAdmission();
  return (
    Array.from({ length: 1_000 }, () => admission.admits(bucket, at)).filter(Boolean).length / 1_000
  );
};

test("sheds nothing up to the target, and critical requests only after all others", () => {
  fc.assert(
    fc.property(utilisation, (at) => {
      if (at <= nonCriticalFrom)
        for (const bucket of buckets) expect(admittedShare(bucket, at)).toBe(1);
      if (admittedShare("CRITICAL", at) < 1)
        for (const bucket of buckets.slice(1)) expect(admittedShare(bucket, at)).toBe(0);
    }),
    { numRuns: 40 },
  );
  expect(targetUtilisation).toBeLessThan(nonCriticalFrom);
  expect(admittedShare("CRITICAL", criticalFrom)).toBe(1);
  expect(admittedShare("CRITICAL", 1)).toBe(0);
});

test("sheds one bucket after the other, the least important first", () => {
  fc.assert(
    fc.property(utilisation, (at) => {
      const shares = buckets.map((bucket) => admittedShare(bucket, at));
      for (const [index, share] of shares.entries())
        if (share < 1) expect(shares.slice(index + 1).every((later) => later === 0)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("lowers the bar monotonically along the cubic", () => {
  fc.assert(
    fc.property(utilisation, utilisation, (one, other) => {
      expect(admittedPriorityMax(Math.max(one, other))).toBeLessThanOrEqual(
        admittedPriorityMax(Math.min(one, other)),
      );
    }),
  );
  expect(admittedPriorityMax(0.7)).toBeCloseTo(25 + 75 * (1 - 0.5 ** 3));
  expect(admittedPriorityMax(0.9)).toBeCloseTo(25 * (1 - 0.5 ** 3));
});

test("admits every few requests of a half-shed bucket", () => {
  const admission = createAdmission();
  const at = nonCriticalFrom + 0.2 * Math.cbrt(0.5 / 3);
  const admitted = Array.from({ length: 100 }, () => admission.admits("BULK", at));
  for (let from = 0; from + 10 <= 100; from += 10) {
    const some = admitted.slice(from, from + 10).filter(Boolean).length;
    expect(some).toBeGreaterThanOrEqual(3);
    expect(some).toBeLessThanOrEqual(7);
  }
});

describe("a bucket", () => {
  test("follows the header where the address accepts that kind", () => {
    expect(bucketOf("/sessions", "play")).toBe("CRITICAL");
    expect(bucketOf("/sessions", "prefetch")).toBe("BEST_EFFORT");
  });
  test.each([null, "", "PLAY", "play, play", "constructor", "__proto__", "toString"])(
    "is the lowest for %j",
    (kind) => {
      for (const path of ["/sessions", "/events"] as const)
        expect(bucketOf(path, kind)).toBe("BULK");
    },
  );
  test("cannot be claimed at an address that does not accept the kind", () => {
    expect(bucketOf("/events", "play")).toBe("BULK");
  });
});
