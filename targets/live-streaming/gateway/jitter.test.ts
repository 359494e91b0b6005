import fc from "fast-check";
import { expect, test } from "vitest";
import { spread } from "./jitter.ts";

test("gives a device its own, constant place", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(1e9), fc.nat(1e6), (who, what, atMs, spreadMs) => {
      const at = spread(atMs, spreadMs, who, what);
      expect(at).toBe(spread(atMs, spreadMs, who, what));
      expect(at).toBeGreaterThanOrEqual(atMs);
      expect(at).toBeLessThanOrEqual(atMs + spreadMs);
    }),
  );
});

test("spreads ten thousand devices evenly, in another order for another message", () => {
  const devices = Array.from({ length: 10_000 }, (_, index) => `device-${index}`);
  const places = (what: string): number[] =>
    devices.map((device) => Math.floor(spread(0, 9_999, device, what) / 1_000));
  for (let second = 0; second < 10; second += 1) {
    const here = places("ad-break").filter((each) => each === second).length;
    expect(here).toBeGreaterThan(800);
    expect(here).toBeLessThan(1_200);
  }
  const other = places("end");
  expect(places("ad-break").filter((each, index) => each === other[index]).length).toBeLessThan(
    1_400,
  );
});
