import { createHash } from "node:crypto";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type BodyLimits, discardBody, readBody } from "./body.ts";

const limits = (change: Partial<BodyLimits> = {}): BodyLimits => ({
  withinMs: 1_000,
  take: () => true,
  ...change,
});
const sourceOf = (...parts: readonly Buffer[]): PassThrough => {
  const source = new PassThrough();
  for (const part of parts) source.write(part);
  return source;
};

test("accepts a body in any number of parts only at exactly its declared length", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 6 }),
      fc.integer({ min: -2, max: 2 }),
      async (parts, off) => {
        const all = Buffer.concat(parts);
        const length = Math.max(0, all.length + off);
        const source = sourceOf(...parts.map((part) => Buffer.from(part)));
        source.end();
        const body = await readBody(source, length, limits());
        if (length === all.length)
          expect(body).toEqual({
            ok: true,
            bytes: all,
            sha256: createHash("sha256").update(all).digest("hex"),
          });
        else
          expect(body).toEqual({
            ok: false,
            problem: length < all.length ? "tooLong" : "cutShort",
          });
      },
    ),
    { numRuns: 50 },
  );
});

test("refuses a slow body, or one without room, before its end", async () => {
  expect(await readBody(sourceOf(Buffer.from("x")), 2, limits({ withinMs: 20 }))).toEqual({
    ok: false,
    problem: "tooSlow",
  });
  let room = 3;
  const take = (bytes: number): boolean => {
    room -= bytes;
    return room >= 0;
  };
  expect(
    await readBody(sourceOf(Buffer.from("xx"), Buffer.from("xx")), 9, limits({ take })),
  ).toEqual({ ok: false, problem: "noRoom" });
});

test("treats a broken connection as a short body, and discards or abandons the rest", async () => {
  const broken = sourceOf(Buffer.from("x"));
  setImmediate(() => broken.destroy(new Error("reset")));
  expect(await readBody(broken, 2, limits())).toEqual({ ok: false, problem: "cutShort" });
  const ending = sourceOf(Buffer.from("rest"));
  ending.end();
  expect(await discardBody(ending, 1_000)).toBe(true);
  expect(await discardBody(sourceOf(Buffer.from("endless")), 20)).toBe(false);
});
