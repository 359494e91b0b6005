import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, padded, painter, width, wrap } from "./terminal.ts";

const texts = fc.string({ unit: "grapheme", maxLength: 60 });

describe("text for a terminal", () => {
  it("is measured in columns, not in characters", () => {
    expect(["é", "漢字", "👍🏽", "e\u0301", "\u001b[31mred\u001b[39m"].map(width)).toEqual([
      1, 4, 2, 1, 3,
    ]);
  });

  it("is cut at either end", () => {
    expect(cut("a long path", 6)).toBe("a lon…");
    expect(cut("/a/long/path", 6, "end")).toBe("…/path");
    expect(cut("漢字漢字", 6)).toBe("漢字…");
  });

  it("never exceeds its width, cut or wrapped, and loses nothing when wrapped", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 40 }), (text, columns) => {
        expect(width(cut(text, columns))).toBeLessThanOrEqual(columns);
        expect(width(cut(text, columns, "end"))).toBeLessThanOrEqual(columns);
        const lines = wrap(text, columns);
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
      }),
    );
  });

  it("is padded to columns, on either side", () => {
    expect([padded("漢", 4), padded("漢", -4), padded("long", 2)]).toEqual([
      "漢  ",
      "  漢",
      "long",
    ]);
  });

  it("is painted only if colours are enabled, and styles nest", () => {
    expect(painter(false)("text", "held")).toBe("text");
    const paint = painter(true);
    expect(paint(paint("text", "held"), "bold")).toBe(
      "\u001b[1m\u001b[32mtext\u001b[39m\u001b[22m",
    );
  });
});
