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

test("gives a version above all known ones, above its last one, and not below the clock", () => {
  expect(nextVersion(0, 1_000.6, [])).toBe(1_000);
  expect(nextVersion(2_000, 1_000, [])).toBe(2_001);
  expect(nextVersion(0, 1, [mask, { ...mask, id: "n", version: 9 }])).toBe(10);
});

test("keeps a mask in force until a later directive of the same id lifts it", () => {
  expect([mask.active, lifted(mask, 6)]).toEqual([true, { ...mask, version: 6, active: false }]);
});

test("makes edges forget the mask's own renditions, or all if it names none", () => {
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
