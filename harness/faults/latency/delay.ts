/**
 * The fields of a delay, and the least delay that can be observed. Shared by latency and a slow
 * store.
 */
import { z } from "zod";
import type { Delay } from "../../target/fault.ts";

/**
 * `benchmarks/link-noise.ts`: on two cores at a load average of 27, the proxy itself delays a ping
 * by 0.3 ms in the median. At p99 it is 7 to 11 ms. The least delay is about twice that.
 */
export const delayMsMin = 20;
/** As much as the proxy's own noise at p99. No jitter at all is also allowed. */
const jitterMsMin = 10;

/** Delays answers by `delayMs` ± `jitterMs`, uniformly distributed. */
export const delayFields = {
  delayMs: z
    .number()
    .finite()
    .positive()
    .describe("The delay of each answer, in ms. Below 20, `plan` refuses it: it is noise."),
  jitterMs: z
    .number()
    .finite()
    .nonnegative()
    .describe("The spread around the delay, in ms: 0, or at least 10 and at most `delayMs`."),
};

/** A delay cannot be negative. */
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
