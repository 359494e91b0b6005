import fc from "fast-check";
import { expect, it } from "vitest";
import { clockOf } from "./clock.ts";

it("bounds the true offset, however the ways there and back differ", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -5_000, max: 5_000 }),
      fc.array(fc.tuple(fc.nat(200), fc.nat(200)), { minLength: 8, maxLength: 8 }),
      async (offsetMs, ways) => {
        let nowMs = 1_000_000;
        let asked = 0;
        const clock = await clockOf(
          async () => {
            const [there, back] = ways[asked++] as [number, number];
            nowMs += there;
            const thereMs = nowMs + offsetMs;
            nowMs += back;
            return thereMs;
          },
          () => nowMs,
        );
        expect(Math.abs(clock.offsetMs - offsetMs)).toBeLessThanOrEqual(clock.boundMs + 1e-9);
        const shortest = Math.min(...ways.map(([there, back]) => there + back));
        expect(clock.boundMs).toBe(shortest / 2);
      },
    ),
  );
});
