import fc from "fast-check";
import { expect, test } from "vitest";
import { chunkBytes, chunkCount, chunkKey, chunkLength, split } from "./chunk.ts";

test("joins chunks to the segment, each of the expected length", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer({ min: 1, max: 5 * chunkBytes }),
        fc.constantFrom(chunkBytes, 2 * chunkBytes, chunkBytes + 1),
      ),
      (bytes) => {
        const body = Buffer.alloc(bytes, 7);
        const chunks = split(body);
        expect(chunks).toHaveLength(chunkCount(bytes));
        expect(Buffer.concat(chunks).length).toBe(bytes);
        for (const [index, chunk] of chunks.entries())
          expect(chunk.length).toBe(chunkLength(bytes, index));
        expect(chunkLength(bytes, chunks.length)).toBe(0);
      },
    ),
    { numRuns: 50 },
  );
});

test("never gives two publications the same key", () => {
  expect(chunkKey("t1", 0)).not.toBe(chunkKey("t1", 1));
  expect(chunkKey("t1", 1)).not.toBe(chunkKey("t2", 1));
});
