import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearest, unknownName } from "./nearest.ts";
import { renamed } from "./renamed.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["a", "", 1],
    ["quick", "quikc", 1],
    ["quick", "quik", 1],
    ["abc", "cba", 2],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ])("%j to %j is %i", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it("returns a plausible distance", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it("counts one inserted, changed or swapped letter as one edit", () => {
    fc.assert(
      fc.property(word, fc.nat(), (text, seed) => {
        const at = text.length === 0 ? 0 : seed % text.length;
        expect(editDistance(text, `${text.slice(0, at)}x${text.slice(at)}`)).toBe(1);
        if (text.length > 0)
          expect(editDistance(text, `${text.slice(0, at)}x${text.slice(at + 1)}`)).toBe(1);
        const [before, one, other] = [text.slice(0, at), text[at] ?? "", text[at + 1] ?? ""];
        const swapped = `${before}${other}${one}${text.slice(at + 2)}`;
        expect(editDistance(text, swapped)).toBe(swapped === text ? 0 : 1);
      }),
    );
  });
});

describe("unknownName", () => {
  const known = ["quick", "zones", "regions"];

  it("suggests the nearest name and lists the known ones", () => {
    expect(unknownName("topology", "quik", known)).toBe(
      'unknown topology "quik"; did you mean "quick"? (known: quick, regions, zones)',
    );
    expect(unknownName("topology", "QUICK", known)).toContain('did you mean "quick"?');
  });

  it.each(Object.entries(renamed))("gives today's name of %s: %s", (before, now) => {
    expect(unknownName("key", before, [...known, now])).toContain(`; its name is now "${now}" (`);
    expect(unknownName("key", before, known)).not.toContain("its name");
  });

  it("suggests nothing if no name is near", () => {
    expect(nearest("kubernetes", known)).toBeNull();
    expect(unknownName("topology", "kubernetes", known)).toBe(
      'unknown topology "kubernetes" (known: quick, regions, zones)',
    );
    expect(unknownName("topology", "a", [])).toBe('unknown topology "a" (known: none)');
  });

  it.each(["__proto__", "constructor", "toString", ""])(
    "does not find the inherited property %j",
    (name) => {
      expect(unknownName("topology", name, known)).toMatch(
        /^unknown topology ".*" \(known: quick, regions, zones\)$/,
      );
    },
  );
});
