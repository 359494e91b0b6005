/** Reads a request body of a promised length: no more, no less, and hashed on the way. */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";

export type Body =
  | { readonly ok: true; readonly bytes: Buffer; readonly sha256: string }
  | { readonly ok: false; readonly problem: "tooLong" | "cutShort" };

/** The buffer is allotted once; parts are copied into place, so memory is bounded by what was promised. */
export async function readBody(source: Readable, length: number): Promise<Body> {
  const bytes = Buffer.allocUnsafe(length);
  const hash = createHash("sha256");
  let filled = 0;
  try {
    for await (const part of source as AsyncIterable<Buffer>) {
      if (filled + part.length > length) return { ok: false, problem: "tooLong" };
      part.copy(bytes, filled);
      hash.update(part);
      filled += part.length;
    }
  } catch {
    return { ok: false, problem: "cutShort" };
  }
  return filled === length ? { ok: true, bytes, sha256: hash.digest("hex") } : { ok: false, problem: "cutShort" };
}
