/**
 * Reads a request body of exactly its declared length, within a time limit, and hashes it on the
 * way.
 */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";

type Problem = "tooLong" | "cutShort" | "tooSlow" | "noRoom";

export type Body =
  | { readonly ok: true; readonly bytes: Buffer; readonly sha256: string }
  | { readonly ok: false; readonly problem: Problem };

export interface BodyLimits {
  readonly withinMs: number;
  /**
   * Called for each part on arrival, so that a declared length costs nothing before bytes arrive.
   * False refuses the rest.
   */
  readonly take: (bytes: number) => boolean;
}

const lenient: BodyLimits = { withinMs: 2_000, take: () => true };

/**
 * The buffer is allocated once, and its pages are touched as parts are copied in. Memory is thus
 * bounded by both the declared and the received bytes.
 */
export function readBody(
  source: Readable,
  length: number,
  { withinMs, take }: BodyLimits = lenient,
): Promise<Body> {
  const bytes = Buffer.allocUnsafe(length);
  const hash = createHash("sha256");
  let filled = 0;
  return new Promise((resolve) => {
    const settle = (body: Body): void => {
      clearTimeout(timer);
      source.off("data", onData).off("end", onEnd).off("close", onEnd).pause();
      resolve(body);
    };
    const fail = (problem: Problem): void => settle({ ok: false, problem });
    const timer = setTimeout(() => fail("tooSlow"), withinMs);
    const onData = (part: Buffer): void => {
      if (filled + part.length > length) fail("tooLong");
      else if (!take(part.length)) fail("noRoom");
      else {
        part.copy(bytes, filled);
        hash.update(part);
        filled += part.length;
      }
    };
    const onEnd = (): void =>
      filled === length
        ? settle({ ok: true, bytes, sha256: hash.digest("hex") })
        : fail("cutShort");
    // The listener stays, because a later error must not end the process.
    source.on("error", () => undefined);
    source.on("data", onData).on("end", onEnd).on("close", onEnd);
  });
}

/**
 * Reads and discards the rest, so that the connection can be reused and the answer is not lost in a
 * reset. False if that took too long.
 */
export function discardBody(source: Readable, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (done: boolean): void => {
      clearTimeout(timer);
      source.off("end", onEnd).off("close", onEnd);
      resolve(done);
    };
    const onEnd = (): void => settle(source.readableEnded);
    const timer = setTimeout(() => settle(false), withinMs);
    source.on("error", () => undefined);
    source.on("end", onEnd).on("close", onEnd).resume();
  });
}
