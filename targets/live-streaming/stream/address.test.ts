import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Address, formatAddress, leafOf, parseAddress, timeless } from "./address.ts";

const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);
const address: fc.Arbitrary<Address> = fc.oneof(
  fc.record({
    kind: fc.constant("segment" as const),
    event: name,
    rendition: name,
    number: fc.integer({ min: 0, max: 999_999_999_999 }),
  }),
  fc.record({ kind: fc.constant("init" as const), event: name, rendition: name }),
  fc.record({ kind: fc.constant("manifest" as const), event: name }),
);

test("parses every address back to itself", () => {
  fc.assert(
    fc.property(address, (each) => {
      expect(parseAddress(formatAddress(each))).toEqual({ address: each, pipeline: null });
    }),
  );
});

test("accepts one spelling only", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const asked = parseAddress(text);
      if (asked !== null && asked.pipeline === null)
        expect(formatAddress(asked.address)).toBe(text);
    }),
  );
});

describe("refuses", () => {
  test.each([
    "/live/main/v720/007.m4s",
    "/live/main/v720/-1.m4s",
    "/live/main/v720/1e3.m4s",
    "/live/main/v720/1.m4s?x",
    "/live/main/v720/1.m4s/",
    "/live/main/../v720/1.m4s",
    "/live/main/v720/%31.m4s",
    "/live/MAIN/v720/1.m4s",
    "/live/main/v720/1.m4s\n",
    "/live//v720/1.m4s",
    "/live/main/v720/1234567890123.m4s",
    "live/main/v720/1.m4s",
    `/live/${"a".repeat(300)}/manifest.mpd`,
    "/check/main/v720/1.m4s",
    "",
  ])("%j", (path) => expect(parseAddress(path)).toBeNull());
});

test("names the wanted pipeline in a readiness check", () => {
  expect(parseAddress("/check/b/main/v720/7.m4s")).toEqual({
    address: { kind: "segment", event: "main", rendition: "v720", number: 7 },
    pipeline: "b",
  });
});

test("treats manifest and init segments as leaves without a time", () => {
  expect(leafOf({ kind: "manifest", event: "main" }).number).toBe(timeless);
  expect(leafOf({ kind: "init", event: "main", rendition: "v720" })).toEqual({
    event: "main",
    rendition: "v720",
    number: timeless,
  });
});
