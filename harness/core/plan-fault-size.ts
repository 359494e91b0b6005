/**
 * The smallest fault that its proof can tell from none. Smaller ones are refused with both numbers: they would land on paper, and strike nobody.
 */
import type { Step } from "./experiment.ts";
import { sheetOf } from "./faults.ts";
import type { Layout } from "./target.ts";

/** Looks at a fault in force are a second apart: it is seen at least twice after its proof. */
export const forMsMin = 2_000;
/**
 * `benchmarks/link-noise.ts`: on two cores at a load average of 27 the proxy itself adds 0.3 ms to a ping in the median and 7 to 11 ms at p99. A delay
 * is twice the latter at least.
 */
export const delayMsMin = 20;
/** As much as the proxy's own noise at p99; none at all is as good. */
export const jitterMsMin = 10;
/** The proof makes up to two hundred exchanges of about ten packets: at this share, none is lost once in some hundred million times. */
export const lossShareMin = 0.01;
/** For the second death of a restart loop, on a busy machine. */
const roundSlackMs = 1_000;

export function sizeProblems({ fault, forMs }: Step, { stream }: Pick<Layout, "stream">): string[] {
  const { segmentMs } = stream;
  const problems: string[] = [];
  if (sheetOf(fault).lasts(fault)) {
    if (forMs < forMsMin) problems.push(`lasts ${forMs} ms: too short to be looked at twice; ${forMsMin} ms is the least`);
    else if (forMs < segmentMs) problems.push(`lasts ${forMs} ms, less than one segment of ${segmentMs} ms, so that most viewers never meet it`);
  }
  switch (fault.kind) {
    case "latency":
    case "slowStore":
      if (fault.delayMs < delayMsMin) problems.push(`delays by ${fault.delayMs} ms, which cannot be told from the proxy's own noise; ${delayMsMin} ms is the least`);
      if (fault.jitterMs > 0 && fault.jitterMs < jitterMsMin) {
        problems.push(`has a jitter of ${fault.jitterMs} ms, which cannot be told from the proxy's own noise; ${jitterMsMin} ms is the least, or none`);
      }
      break;
    case "packetLoss":
      if (fault.share < lossShareMin) problems.push(`loses ${fault.share * 100} % of the packets, too few to be seen; ${lossShareMin * 100} % is the least`);
      break;
    case "restartLoop": {
      const least = 2 * fault.everyMs + roundSlackMs;
      if (forMs < least) problems.push(`lasts ${forMs} ms, in which it cannot be seen to die twice, once every ${fault.everyMs} ms; ${least} ms is the least`);
      break;
    }
    default:
  }
  return problems;
}
