import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrivalsOf } from "../../record/arrivals.ts";
import { dueIn, partArguments, usersFor, whole } from "./part.ts";

describe("the parts of a load", () => {
  it("are together the whole, each iteration once", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(
          fc.record({
            lengthMs: fc.integer({ min: 100, max: 4_000 }),
            perSecond: fc.integer({ min: 0, max: 60 }),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        (of, lengths) => {
          let untilMs = 0;
          const stages = lengths.map(({ lengthMs, perSecond }) => {
            untilMs += lengthMs;
            return { untilMs, perSecond };
          });
          const parts = Array.from({ length: of }, (_, index) => [
            ...dueIn(arrivalsOf(stages), { index, of }),
          ]);
          const united = parts.flat().sort((a, b) => a - b);
          expect(united).toEqual([...arrivalsOf(stages)]);
          const counts = parts.map(({ length }) => length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("need users that can be divided", () => {
    expect(usersFor(8, { index: 0, of: 3 })).toBe(9);
    expect(usersFor(9, { index: 0, of: 3 })).toBe(9);
    expect(usersFor(8, whole)).toBe(8);
  });

  it("are k6's execution segments", () => {
    expect(partArguments(whole)).toEqual([]);
    expect(partArguments({ index: 0, of: 3 })).toEqual([
      "--execution-segment",
      "0:1/3",
      "--execution-segment-sequence",
      "0,1/3,2/3,1",
    ]);
    expect(partArguments({ index: 2, of: 3 })[1]).toBe("2/3:1");
  });
});
