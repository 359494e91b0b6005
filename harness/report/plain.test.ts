import fc from "fast-check";
import { expect, test } from "vitest";
import { anyPoint } from "../../test/support/any-character.ts";
import { clip, oneLine, plain } from "./plain.ts";

test("terminal controls and bidirectional marks are removed, visible text stays", () => {
  expect(
    plain("a\u001b[31mred\u001b[0m\u0007 b\u202e c\u2028d\r\ne\tf \ud800 g\u009b2Jh é 漢 👍🏽"),
  ).toBe("ared b c\nd\ne\tf  gh é 漢 👍🏽");
  expect(oneLine(" a \n\t b ")).toBe("a b");
});

test("text is bounded, and no character is cut in half", () => {
  expect(clip("👍".repeat(500), 10)).toBe(`${"👍".repeat(9)}…`);
  expect(clip("short", 10)).toBe("short");
});

test("plain text is unchanged", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: anyPoint,
      }),
      (text) => plain(plain(text)) === plain(text),
    ),
  );
});
