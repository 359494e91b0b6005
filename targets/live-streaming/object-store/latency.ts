/**
 * A seeded source of latencies with a given median and 99th percentile. The distribution is
 * log-normal, the usual shape for a storage service.
 */
import type { Latency } from "./model.ts";

/** The 99th percentile of a standard normal distribution. */
const z99 = 2.326_347_874;

/**
 * Each call draws the next latency in ms, at most ten times the 99th percentile, because the caller
 * waits for it.
 */
export function latencies({ p50, p99 }: Latency, random: () => number): () => number {
  const deviation = Math.log(p99 / p50) / z99;
  return () => Math.min(p50 * Math.exp(deviation * normal(random)), 10 * p99);
}

/** Box–Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Uniform in 0…1, and the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
