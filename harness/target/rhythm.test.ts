import fc from "fast-check";
import { expect, it } from "vitest";
import { periodAt, rhythmMsOf } from "./rhythm.ts";

it("counts whole periods from its zero, and assigns each moment to one period", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60_000 }),
      fc.nat({ max: 10_000 }),
      fc.nat({ max: 1_000_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (ms, zeroMs, number, share) => {
        const rhythm = { ms, name: "segment", zeroMs };
        expect(periodAt(rhythm, zeroMs + (number + share) * ms)).toBe(number);
        expect(periodAt(rhythm, zeroMs + number * ms - 1e-3)).toBe(number - 1);
      },
    ),
  );
});

it("defaults to one second", () => {
  expect(rhythmMsOf({})).toBe(1_000);
  expect(rhythmMsOf({ rhythm: { ms: 500, name: "tick", zeroMs: 0 } })).toBe(500);
});
