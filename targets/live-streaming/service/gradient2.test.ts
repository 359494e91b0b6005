import fc from "fast-check";
import { expect, test } from "vitest";
import { type ConcurrencyLimit, createGradient2, gradient2Defaults } from "./gradient2.ts";

/** Keeps a limit full and answers after `tookMs` of the number in flight. */
function drive(
  limit: ConcurrencyLimit,
  requests: number,
  tookMs: (inFlight: number) => number,
): void {
  for (let done = 0; done < requests; done += 1) {
    while (limit.tryAcquire()) {
      /* Fill it. */
    }
    limit.release(tookMs(limit.inFlight));
  }
}

test("grows while requests take no longer than usual", () => {
  const limit = createGradient2();
  drive(limit, 2_000, () => 10);
  expect(limit.limit).toBe(gradient2Defaults.max);
});

test("shrinks to its minimum when requests become slow, and recovers", () => {
  const limit = createGradient2({ min: 5 });
  drive(limit, 2_000, () => 10);
  drive(limit, 40, () => 200);
  expect(limit.limit).toBeLessThan(12);
  drive(limit, 3_000, () => 10);
  expect(limit.limit).toBe(gradient2Defaults.max);
});

test("settles where queueing begins, not at its bounds", () => {
  const limit = createGradient2({ min: 1 });
  // Thirty at once take 10 ms; more wait.
  drive(limit, 600, () => 10);
  drive(limit, 300, (inFlight) => 10 * Math.max(1, inFlight / 30));
  expect(limit.limit).toBeGreaterThan(20);
  expect(limit.limit).toBeLessThan(120);
});

test("keeps its limit when half idle", () => {
  const limit = createGradient2();
  for (let times = 0; times < 100; times += 1) {
    limit.tryAcquire();
    limit.release(times < 50 ? 10 : 10_000);
  }
  expect(limit.limit).toBe(gradient2Defaults.initial);
});

test("stays in its bounds and never admits more than the limit, whatever happens", () => {
  const step = fc.oneof(fc.constant("acquire" as const), fc.double(), fc.constant(null));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const limit = createGradient2({ initial: 10, min: 2, max: 50 });
      for (const each of steps) {
        if (each === "acquire") {
          const before = limit.inFlight;
          expect(limit.tryAcquire()).toBe(before < limit.limit);
        } else limit.release(each);
        expect(limit.limit).toBeGreaterThanOrEqual(2);
        expect(limit.limit).toBeLessThanOrEqual(50);
        expect(limit.inFlight).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});

test("leaves the rest to others when a caller has a share", () => {
  const limit = createGradient2({ initial: 20 });
  let taken = 0;
  while (limit.tryAcquire(0.5)) taken += 1;
  expect(taken).toBe(10);
  expect(limit.tryAcquire()).toBe(true);
});
