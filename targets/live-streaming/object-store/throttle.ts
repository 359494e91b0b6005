/** A token bucket per event: a burst of one second's requests, and otherwise at most the rate. */

export interface Throttle {
  /** False if this request exceeds the limit. */
  admit(event: string, nowMs: number): boolean;
}

/** Events are known only by their requests, so a full bucket is removed. */
const eventsMax = 1_000;

export function createThrottle(requestsPerSecondMax: number): Throttle {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const refilled = (bucket: { tokens: number; atMs: number }, nowMs: number): number =>
    Math.min(
      requestsPerSecondMax,
      bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * requestsPerSecondMax) / 1000,
    );
  return {
    admit(event, nowMs) {
      const bucket = buckets.get(event) ?? { tokens: requestsPerSecondMax, atMs: nowMs };
      const tokens = refilled(bucket, nowMs);
      const admitted = tokens >= 1;
      if (buckets.size >= eventsMax && !buckets.has(event)) {
        for (const [name, each] of buckets)
          if (refilled(each, nowMs) >= requestsPerSecondMax) buckets.delete(name);
        if (buckets.size >= eventsMax) return false;
      }
      buckets.set(event, {
        tokens: admitted ? tokens - 1 : tokens,
        atMs: Math.max(bucket.atMs, nowMs),
      });
      return admitted;
    },
  };
}
