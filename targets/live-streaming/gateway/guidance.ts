/**
 * What a device is told about trying again, when it is refused and also when it is not, for the day
 * when nobody answers. Waits double from one retry to the next. The more a request matters the more
 * often, and the sooner, it may be repeated.
 */
import { type Bucket, criticalFrom } from "./admission.ts";

export interface Backoff {
  /** How often at most; after that a device stops until its viewer acts. */
  readonly maxRetries: number;
  /** Before the first retry; twice as long before each one after it. */
  readonly retryAfterSeconds: number;
}

/**
 * Choose: a viewer who pressed play waits 1 + 2 + 4 + 8 + 16 + 32 s at least, which outlasts an
 * interruption of 30 s.
 */
const least: Readonly<Record<Bucket, Backoff>> = {
  CRITICAL: { maxRetries: 6, retryAfterSeconds: 1 },
  DEGRADED: { maxRetries: 4, retryAfterSeconds: 3 },
  BEST_EFFORT: { maxRetries: 2, retryAfterSeconds: 10 },
  BULK: { maxRetries: 1, retryAfterSeconds: 30 },
};

/**
 * `unit` in [0, 1) spreads devices over as long again as the least wait, or they would all come
 * back at the same moment.
 */
export function guidance(bucket: Bucket, utilisation: number, unit: number): Backoff {
  const { maxRetries, retryAfterSeconds } = least[bucket];
  const hurry = utilisation >= criticalFrom ? 2 : 1;
  return {
    maxRetries,
    retryAfterSeconds: Math.round(100 * retryAfterSeconds * hurry * (1 + unit)) / 100,
  };
}

/** `Retry-After` knows whole seconds only; never sooner than was said. */
export function retryAfterHeader({ retryAfterSeconds }: Backoff): string {
  return String(Math.ceil(retryAfterSeconds));
}
