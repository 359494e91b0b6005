/**
 * Characters of which properties make text. `fc.string` has units of its own for that, but to make
 * texts of "binary" or "grapheme" it first lists all of Unicode, which takes a second.
 */
import fc from "fast-check";

const point = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((code) => String.fromCodePoint(code));

/** Any at all, halves of characters included. */
export const anyPoint = point(0, 0x10_ffff);

/** Any that UTF-8 can hold. */
export const anyCharacter = fc.oneof(point(0, 0xd7ff), point(0xe000, 0x10_ffff));
