/** A time limit for promises. */
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Settles like the promise, or rejects after `withinMs`. A later result of the promise is ignored.
 */
export async function inTime<T>(settling: Promise<T>, withinMs: number): Promise<T> {
  const over = new AbortController();
  const late = sleep(withinMs, undefined, { signal: over.signal }).then(() => {
    throw new Error(`nothing happened for ${withinMs / 1000} s`);
  });
  try {
    return await Promise.race([settling, late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
    settling.catch(() => undefined);
  }
}
