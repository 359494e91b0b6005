/**
 * Limits the throughput of links. Proof: a burst of padded pings on one connection takes as long as
 * its bytes need at that rate. Without the link, it takes less than half as long.
 */
import type { LinkHandle } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { arrow, each, onEach, pingOf } from "../proofs.ts";

/** How long a measurement keeps a link busy at its rate. */
const busyMs = 500;
/** More bytes add no precision, and cost the target processor time. */
const bytesMax = 4_000_000;
/**
 * A measured rate above this multiple of the limit exceeds it. Timers are coarse, and buffered
 * bytes arrive at once.
 */
const tolerance = 1.4;

type Limit = RealStrike<{ readonly bytesPerSecond: number }>;

export function inject(strike: Limit): FaultExecution {
  const {
    links,
    fault: { bytesPerSecond },
  } = strike;
  const removals: (() => Promise<void>)[] = [];
  return {
    act: () =>
      each(links, async (link) =>
        removals.push(await link.impose({ kind: "bandwidth", bytesPerSecond })),
      ),
    verify: () => onEach(links, (link) => proofOfLimit(link, strike)),
    // Repeated measurements would use up the remaining bandwidth, so later checks ask the proxy for
    // the limit.
    look: () => onEach(links, (link) => link.observe({ kind: "bandwidth", bytesPerSecond })),
    revert: () => each(removals, (remove) => remove()),
    verifyReverted: () => onEach(links, (link) => proofOfFreeSpace(link, strike)),
  };
}

async function measure(
  link: LinkHandle,
  strike: Limit,
): Promise<{ over: number; past: number; rates: string }> {
  const bytes = pingOf(link, strike);
  const { rateOf } = strike.observer;
  const sampleBytes = Math.min(bytesMax, (strike.fault.bytesPerSecond * busyMs) / 1_000);
  // Sequential, because both measurements share a processor.
  const over = await rateOf(link.entry, bytes, sampleBytes, 4 * busyMs);
  const past = await rateOf(link.exit, bytes, sampleBytes, 4 * busyMs);
  const [carried, taken] = [Math.round(over), Math.round(past)];
  const rates = `${arrow(link)} carries ${carried} B/s, the service itself takes ${taken} B/s`;
  return { over, past, rates };
}

/** The limit cannot be verified on a service that is itself no faster than the limit. */
async function proofOfLimit(link: LinkHandle, strike: Limit): Promise<Evidence> {
  const { over, past, rates } = await measure(link, strike);
  const { bytesPerSecond } = strike.fault;
  return {
    landed: over > 0 && over <= tolerance * bytesPerSecond && past > 2 * bytesPerSecond,
    observation: rates,
  };
}

async function proofOfFreeSpace(link: LinkHandle, strike: Limit): Promise<Evidence> {
  let observation = "";
  // Three attempts, because a busy machine may be slow for other reasons.
  for (let attempt = 0; attempt < 3; attempt++) {
    const { over, past, rates } = await measure(link, strike);
    observation = rates;
    if (past > 0 && over > Math.min(tolerance * strike.fault.bytesPerSecond, past / 3))
      return { landed: true, observation };
  }
  return { landed: false, observation };
}
