/**
 * Characters for the texts of property tests. For the units "binary" and "grapheme", `fc.string`
 * first lists all of Unicode, which takes a second.
 */
import fc from "fast-check";

const point = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((code) => String.fromCodePoint(code));

/** Any code point, including half characters. */
export const anyPoint = point(0, 0x10_ffff);

/** Any code point that UTF-8 can encode. */
export const anyCharacter = fc.oneof(point(0, 0xd7ff), point(0xe000, 0x10_ffff));
