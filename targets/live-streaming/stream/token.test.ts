import fc from "fast-check";
import { expect, test } from "vitest";
import { parseToken, tokenMaker } from "./token.ts";

test("increases tokens even when the clock stops or steps back", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }), {
        minLength: 2,
        maxLength: 20,
      }),
      (clock) => {
        let at = 0;
        const next = tokenMaker(
          () => clock[at++] ?? 0,
          () => "0".repeat(32),
        );
        const tokens = clock.map(() => next());
        for (const [index, token] of tokens.slice(1).entries())
          expect(token > (tokens[index] ?? "")).toBe(true);
      },
    ),
  );
});

test("parses a token back, and nothing else", () => {
  const nonce = "0123456789abcdef0123456789abcdef";
  expect(parseToken(`1700000000000-${nonce}`)).toEqual({ madeAtMs: 1_700_000_000_000, nonce });
  for (const bad of [
    "",
    `170000000000-${nonce}`,
    `1700000000000-${nonce}0`,
    `1700000000000-${nonce.toUpperCase()}`,
    `NaN-${nonce}`,
  ]) {
    expect(parseToken(bad)).toBeNull();
  }
});
