import fc from "fast-check";
import { expect, test } from "vitest";
import { rangePattern } from "./number-range.ts";

const matches = (pattern: string, number: number): boolean =>
  new RegExp(`^(${pattern})$`).test(String(number));

test("matches the numbers of the range and no others", () => {
  fc.assert(
    fc.property(fc.nat(1_200), fc.nat(1_200), (one, other) => {
      const [from, to] = one < other ? [one, other] : [other, one];
      const pattern = rangePattern(from, to);
      const wrong = Array.from({ length: 1_300 }, (_, number) => number).filter(
        (number) => matches(pattern, number) !== (number >= from && number <= to),
      );
      expect(wrong).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test("matches at both ends of ranges of any size, and fits a header", () => {
  const number = fc.integer({ min: 0, max: 999_999_999_999 });
  fc.assert(
    fc.property(number, number, number, (one, other, third) => {
      const [from, to] = one < other ? [one, other] : [other, one];
      const pattern = rangePattern(from, to);
      for (const at of [from - 1, from, from + 1, third, to - 1, to, to + 1].filter(
        (each) => each >= 0,
      ))
        expect(matches(pattern, at)).toBe(at >= from && at <= to);
      expect(pattern.length).toBeLessThan(700);
    }),
  );
});

test("does not match leading zeros", () => {
  expect(new RegExp(`^(${rangePattern(0, 120)})$`).test("007")).toBe(false);
});
