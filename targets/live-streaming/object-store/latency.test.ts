import fc from "fast-check";
import { expect, test } from "vitest";
import { latencies, seeded } from "./latency.ts";

test("draws latencies with the given median and 99th percentile", () => {
  const model = { p50: 113, p99: 267 };
  const draw = latencies(model, seeded(7));
  const drawn = Array.from({ length: 40_000 }, draw).sort((a, b) => a - b);
  expect((drawn[20_000] ?? 0) / model.p50).toBeCloseTo(1, 1);
  expect((drawn[39_600] ?? 0) / model.p99).toBeCloseTo(1, 1);
  expect(drawn.at(-1)).toBeLessThanOrEqual(2_670);
});

test("draws the same numbers for the same seed, all in [0, 1)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
      const [one, other] = [seeded(seed), seeded(seed)];
      const drawn = Array.from({ length: 20 }, one);
      expect(Array.from({ length: 20 }, other)).toEqual(drawn);
      expect(drawn.filter((value) => value < 0 || value >= 1)).toEqual([]);
    }),
    { numRuns: 50 },
  );
  expect(seeded(1)()).not.toBe(seeded(2)());
});
