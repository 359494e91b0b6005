/**
 * Links that carry at most so many bytes per second. Proof: padded pings sent in a bunch on one
 * connection take as long as their bytes need at that rate, and less than half as long past the
 * link.
 */
import type { LinkHandle } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { Course, RealStrike } from "../fault.ts";
import { arrow, each, onEach, pingOf } from "../proofs.ts";

/** For this long a link is kept busy at its rate. */
const busyMs = 500;
/** More than this tells nothing more, and costs the target its processor. */
const bytesMax = 4_000_000;
/**
 * A measured rate this many times the limit is above it: timers are coarse, and what was under way
 * arrives at once.
 */
const tolerance = 1.4;

type Limit = RealStrike<{ readonly bytesPerSecond: number }>;

export function inject(strike: Limit): Course {
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
    // Measuring it again and again would take from the target what it has left, so the limit itself
    // is looked for.
    look: () => onEach(links, (link) => link.observe({ kind: "bandwidth", bytesPerSecond })),
    revert: () => each(removals, (remove) => remove()),
    verifyReverted: () => onEach(links, (link) => proofOfRoom(link, strike)),
  };
}

async function measure(
  link: LinkHandle,
  strike: Limit,
): Promise<{ over: number; past: number; told: string }> {
  const bytes = pingOf(link, strike);
  const { rateOf } = strike.observer;
  const wanted = Math.min(bytesMax, (strike.fault.bytesPerSecond * busyMs) / 1_000);
  // One after the other: they share a processor.
  const over = await rateOf(link.entry, bytes, wanted, 4 * busyMs);
  const past = await rateOf(link.exit, bytes, wanted, 4 * busyMs);
  const [carried, taken] = [Math.round(over), Math.round(past)];
  const told = `${arrow(link)} carries ${carried} B/s, the service itself takes ${taken} B/s`;
  return { over, past, told };
}

/** A service that takes no more than the limit by itself would hide whether there is one. */
async function proofOfLimit(link: LinkHandle, strike: Limit): Promise<Evidence> {
  const { over, past, told } = await measure(link, strike);
  const { bytesPerSecond } = strike.fault;
  return {
    landed: over > 0 && over <= tolerance * bytesPerSecond && past > 2 * bytesPerSecond,
    observation: told,
  };
}

async function proofOfRoom(link: LinkHandle, strike: Limit): Promise<Evidence> {
  let observation = "";
  // Three times, as a busy machine may carry little for reasons of its own.
  for (let attempt = 0; attempt < 3; attempt++) {
    const { over, past, told } = await measure(link, strike);
    observation = told;
    if (past > 0 && over > Math.min(tolerance * strike.fault.bytesPerSecond, past / 3))
      return { landed: true, observation };
  }
  return { landed: false, observation };
}
