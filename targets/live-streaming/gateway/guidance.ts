/**
 * The retry guidance of a device. Every answer carries it, for the time when no gateway answers.
 * Waits double with each retry. Critical requests may retry more often and sooner.
 */
import { type Bucket, criticalFrom } from "./admission.ts";

export interface Backoff {
  /** The number of retries. After it a device stops until its viewer acts. */
  readonly maxRetries: number;
  /** Before the first retry. It doubles with each further one. */
  readonly retryAfterSeconds: number;
}

/**
 * A chosen value. A viewer who pressed play waits at least 1 + 2 + 4 + 8 + 16 + 32 s, which covers
 * an outage of 30 s.
 */
const least: Readonly<Record<Bucket, Backoff>> = {
  CRITICAL: { maxRetries: 6, retryAfterSeconds: 1 },
  DEGRADED: { maxRetries: 4, retryAfterSeconds: 3 },
  BEST_EFFORT: { maxRetries: 2, retryAfterSeconds: 10 },
  BULK: { maxRetries: 1, retryAfterSeconds: 30 },
};

/**
 * `unit` in [0, 1) adds up to the least wait again. Without it all devices would return at the same
 * moment.
 */
export function guidance(bucket: Bucket, utilisation: number, unit: number): Backoff {
  const { maxRetries, retryAfterSeconds } = least[bucket];
  const overload = utilisation >= criticalFrom ? 2 : 1;
  return {
    maxRetries,
    retryAfterSeconds: Math.round(100 * retryAfterSeconds * overload * (1 + unit)) / 100,
  };
}

/** `Retry-After` has whole seconds only. It is rounded up. */
export function retryAfterHeader({ retryAfterSeconds }: Backoff): string {
  return String(Math.ceil(retryAfterSeconds));
}
