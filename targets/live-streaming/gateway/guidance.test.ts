import fc from "fast-check";
import { expect, test } from "vitest";
import { buckets } from "./admission.ts";
import { guidance, retryAfterHeader } from "./guidance.ts";

const unit = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

test("allows critical requests more and sooner retries, for any random draw", () => {
  fc.assert(
    fc.property(unit, unit, unit, (utilisation, one, other) => {
      for (const [index, bucket] of buckets.slice(1).entries()) {
        const [higher, lower] = [
          guidance(buckets[index] ?? "CRITICAL", utilisation, one),
          guidance(bucket, utilisation, other),
        ];
        expect(higher.maxRetries).toBeGreaterThan(lower.maxRetries);
        expect(higher.retryAfterSeconds).toBeLessThan(lower.retryAfterSeconds);
      }
    }),
  );
});

test("keeps a viewer's retries going for more than 30 s", () => {
  const { maxRetries, retryAfterSeconds } = guidance("CRITICAL", 0, 0);
  expect(retryAfterSeconds * (2 ** maxRetries - 1)).toBeGreaterThan(30);
});

test("spreads devices, and never gives a header sooner than the body", () => {
  fc.assert(
    fc.property(unit, (dice) => {
      const backoff = guidance("CRITICAL", 0.9, dice);
      expect(backoff.retryAfterSeconds).toBeGreaterThanOrEqual(2);
      expect(backoff.retryAfterSeconds).toBeLessThanOrEqual(4);
      expect(Number(retryAfterHeader(backoff))).toBeGreaterThanOrEqual(backoff.retryAfterSeconds);
    }),
  );
  expect(
    guidance("BULK", 0, 0.9).retryAfterSeconds - guidance("BULK", 0, 0.1).retryAfterSeconds,
  ).toBeGreaterThan(20);
});
