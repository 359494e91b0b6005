import fc from "fast-check";
import { expect, test } from "vitest";
import { badnessOf, type Candidate, defectNames, parseDefects, rank } from "./candidate.ts";

const candidate = fc.record({
  pipeline: fc.constantFrom("a", "b", "c"),
  token: fc.string(),
  sha256: fc.string(),
  bytes: fc.integer({ min: 1, max: 9 }),
  defects: fc.subarray([...defectNames]),
  publishedAtMs: fc.integer(),
});
const several = fc.uniqueArray(candidate, { selector: ({ pipeline }) => pipeline, minLength: 1 });
const order = ["a", "b", "c"];

test("prefers a whole candidate to a defective one, then the first pipeline", () => {
  fc.assert(
    fc.property(several, (candidates) => {
      const whole = candidates
        .filter(({ defects }) => defects.length === 0)
        .sort((left, right) => (left.pipeline < right.pipeline ? -1 : 1));
      expect(rank(candidates, order, true).slice(0, whole.length)).toEqual(whole);
    }),
  );
});

test("prefers the least defective if all are, and drops none", () => {
  fc.assert(
    fc.property(several, (candidates) => {
      const ranked = rank(candidates, order, true);
      expect(ranked).toHaveLength(candidates.length);
      expect(badnessOf(ranked[0] as Candidate)).toBe(Math.min(...candidates.map(badnessOf)));
    }),
  );
});

test("takes the first pipeline's candidate without selection", () => {
  const make = (pipeline: string, defects: Candidate["defects"]): Candidate => ({
    pipeline,
    token: "",
    sha256: "",
    bytes: 1,
    defects,
    publishedAtMs: 0,
  });
  const bad = make("a", ["timing"]);
  expect(rank([make("b", []), bad], order, false)).toEqual([bad]);
});

test("reads defects from their header and refuses an unknown one", () => {
  expect(parseDefects("")).toEqual([]);
  expect(parseDefects("timing, short,timing")).toEqual(["timing", "short"]);
  expect(parseDefects("ugly")).toBeNull();
});
