import { expect, test } from "vitest";
import { lifted, masking, nextVersion, rangeOf } from "./directive.ts";

const mask = masking({
  event: "main",
  id: "m",
  version: 5,
  pipeline: "a",
  renditions: ["v720"],
  from: 10,
  to: 20,
});

test("a version is above all that are known, above the last one given, and not below the clock", () => {
  expect(nextVersion(0, 1_000.6, [])).toBe(1_000);
  expect(nextVersion(2_000, 1_000, [])).toBe(2_001);
  expect(nextVersion(0, 1, [mask, { ...mask, id: "n", version: 9 }])).toBe(10);
});

test("a mask is in force until it is lifted, which is a later word on the same one", () => {
  expect([mask.active, lifted(mask, 6)]).toEqual([true, { ...mask, version: 6, active: false }]);
});

test("edges forget the mask's own renditions, or all when it names none", () => {
  expect(rangeOf(mask, ["v720", "audio"])).toEqual({
    event: "main",
    renditions: ["v720"],
    from: 10,
    to: 20,
  });
  expect(rangeOf({ ...mask, renditions: null }, ["v720", "audio"]).renditions).toEqual([
    "v720",
    "audio",
  ]);
});
