import fc from "fast-check";
import { expect, test } from "vitest";
import { defectNames } from "../stream/candidate.ts";
import { isKey } from "../object-store/bucket.ts";
import { parsePublicationKey, publicationKey } from "./objects.ts";

const digits = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const publication = fc.record({
  event: fc.constantFrom("main", "e-2"),
  rendition: fc.constantFrom("v720", "manifest"),
  number: fc.integer({ min: -1, max: 2 ** 33 }),
  pipeline: fc.constantFrom("a", "b"),
  token: digits(32).map((nonce) => `1795284844135-${nonce}`),
  sha256: digits(64),
  bytes: fc.integer({ min: 1, max: 2 ** 23 }),
  defects: fc.subarray([...defectNames]),
  publishedAtMs: fc.integer({ min: 0, max: 2 ** 42 }),
});

test("encodes a publication in its key and decodes it from there", () => {
  fc.assert(
    fc.property(publication, (row) => {
      const key = publicationKey(row);
      expect(isKey(key)).toBe(true);
      expect(parsePublicationKey(key)).toEqual(row);
    }),
  );
});

test("sorts keys in the order of segments, and decodes no other keys", () => {
  const key = (number: number): string =>
    publicationKey({
      event: "main",
      rendition: "v720",
      number,
      pipeline: "a",
      token: `1795284844135-${"0".repeat(32)}`,
      sha256: "0".repeat(64),
      bytes: 1,
      defects: [],
      publishedAtMs: 0,
    });
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (one, other) => {
      if (one < other) expect(key(one) < key(other)).toBe(true);
    }),
  );
  for (const other of ["main/chunk/v720/1/t/0", "main/publication/v720/1/a/nothing", ""])
    expect(parsePublicationKey(other)).toBeNull();
});
