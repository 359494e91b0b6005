import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printOf, readPrint } from "./print.ts";

describe("a body's print", () => {
  it("encodes the segment number and the digest", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2_000_000_000 }), fc.nat({ max: 2 ** 31 - 1 }), (number, seed) => {
        const sha256 = seed.toString(16).padStart(9, "f") + "0".repeat(55);
        const print = printOf(number, sha256);
        expect(Number.isSafeInteger(print)).toBe(true);
        expect(readPrint(print)).toEqual({
          number: number % 4_096,
          digest: Number.parseInt(sha256.slice(0, 9), 16),
        });
      }),
    );
  });
});
