import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actsIn, hostile, withoutOwn } from "../../test/support/report/hostile-text.ts";
import { painter } from "../system/terminal.ts";
import { printable, printableJson, withoutCommands } from "./printable.ts";
import { times } from "../../test/support/thorough.ts";

describe("printed text", () => {
  it("controls no terminal and is no pipeline command, whatever its content", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(actsIn(printable(text))).toEqual([]);
      }),
      { numRuns: times(300) },
    );
  });

  it("has no controls except Seawall's colours where enabled, and ends them", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = printable(`${painter(true)("held", "held")} ${text}`, true);
        const colours = shown.split("m").filter((part) => part.includes("\u001b["));
        expect(actsIn(withoutOwn(shown))).toEqual([]);
        expect(colours.at(-1)).toMatch(/\[(0|22|39)$/);
      }),
    );
  });

  it("is unchanged if it is plain, and the function is idempotent", () => {
    expect(printable("held: 99.9 % ≥ 日本\n\tnext")).toBe("held: 99.9 % ≥ 日本\n\tnext");
    fc.assert(
      fc.property(hostile, (text) => {
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
    expect(withoutCommands("a::b ##[group]\n  ::error::x")).toBe("a::b #♯[group]\n  ∶:error::x");
  });
});

describe("a document on one line", () => {
  it("has the same meaning, without active characters", () => {
    fc.assert(
      fc.property(hostile, hostile, (key, value) => {
        const document = { [`_${key}`]: value, list: [value] };
        const text = printableJson(document);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
        expect(actsIn(text)).toEqual([]);
        expect(text).not.toContain("\n");
      }),
      { numRuns: times(150) },
    );
  });
});
