import fc from "fast-check";
import { expect, test } from "vitest";
import { signToken, verifyToken } from "./session-token.ts";

const claims = {
  session: "0".repeat(32),
  device: "tv-1",
  bitsPerSecond: 1_596_000,
  untilMs: 2_000,
};
const token = signToken(claims, "key");

test("is valid at every gateway with the key until it expires", () => {
  expect(verifyToken(token, "key", 1_000)).toEqual(claims);
  expect(verifyToken(token, "other", 1_000)).toBeNull();
  expect(verifyToken(token, "key", 2_000)).toBeNull();
});

test("is invalid with one changed character", () => {
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(..."ABCxyz019_-."), (at, character) => {
      fc.pre(token[at] !== character);
      const changed = token.slice(0, at) + character + token.slice(at + 1);
      expect(verifyToken(changed, "key", 1_000)).toBeNull();
    }),
  );
});

test.each(["", ".", "a.b", "a.b.c", `${token}.x`, `${"a".repeat(10_000)}.b`])(
  "rejects %j",
  (text) => expect(verifyToken(text, "key", 0)).toBeNull(),
);

test("rejects signed nonsense", () => {
  for (const nonsense of [
    { ...claims, bitsPerSecond: -1 },
    { ...claims, device: "../x" },
    { ...claims, more: 1 },
  ]) {
    expect(verifyToken(signToken(nonsense, "key"), "key", 0)).toBeNull();
  }
});
