/**
 * How a delay is said, and the least that can be told from none: what latency and a slow store
 * share.
 */
import { z } from "zod";
import type { Delay } from "../fault.ts";

/**
 * `benchmarks/link-noise.ts`: on two cores at a load average of 27 the proxy itself adds 0.3 ms to
 * a ping in the median and 7 to 11 ms at p99. A delay is twice the latter at least.
 */
export const delayMsMin = 20;
/** As much as the proxy's own noise at p99; none at all is as good. */
const jitterMsMin = 10;

/** Answers come later by `delayMs` ± `jitterMs`, evenly spread. */
export const delayFields = {
  delayMs: z.number().finite().positive(),
  jitterMs: z.number().finite().nonnegative(),
};

/** Answers cannot come before they are made. */
export const isJitterWithinDelay = ({ delayMs, jitterMs }: Delay): boolean => jitterMs <= delayMs;
export const jitterProblem = { message: "jitterMs must not be above delayMs", path: ["jitterMs"] };

export function delayProblems({ delayMs, jitterMs }: Delay): string[] {
  const noise = "which is within the proxy's own noise";
  return [
    ...(delayMs < delayMsMin
      ? [`delays by ${delayMs} ms, ${noise}; the minimum is ${delayMsMin} ms`]
      : []),
    ...(jitterMs > 0 && jitterMs < jitterMsMin
      ? [`has a jitter of ${jitterMs} ms, ${noise}; the minimum is ${jitterMsMin} ms, or none`]
      : []),
  ];
}
