/** A limit for what others promise. */
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Settles as the promise does, or rejects after `withinMs`; what then still comes of the promise is
 * nobody's concern.
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
