/**
 * Delays answers over links. Proof: pings over the link take at least that long, and pings without
 * it do not. The delay applies to each passage of data, so an exchange of several rounds (a TLS or
 * CQL handshake) pays it several times.
 */
import type { LinkHandle } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import { describePong, type Pong } from "../../target/observer.ts";
import type { FaultExecution, Delay, RealStrike } from "../../target/fault.ts";
import { arrow, askBothEnds, each, onEach, pingOf } from "../proofs.ts";

/** Timeout in addition to the delay, for a busy machine. */
const graceMs = 2_000;
/** Timers fire up to 1 ms early. */
const earlyMs = 1;

export function inject(strike: RealStrike<Delay>): FaultExecution {
  const {
    links,
    fault: { delayMs, jitterMs },
  } = strike;
  const removals: (() => Promise<void>)[] = [];
  return {
    act: () =>
      each(links, async (link) =>
        removals.push(await link.impose({ kind: "latency", delayMs, jitterMs })),
      ),
    verify: () => onEach(links, (link) => proofOfDelay(link, strike)),
    look: () => onEach(links, (link) => stillDelayed(link, strike)),
    revert: () => each(removals, (remove) => remove()),
    verifyReverted: () => onEach(links, (link) => proofOfSpeed(link, strike)),
  };
}

/**
 * Noise can delay a single ping. So several pings are sent: none over the link may be early, and
 * neither may their mean.
 */
async function proofOfDelay(link: LinkHandle, strike: RealStrike<Delay>): Promise<Evidence> {
  const { delayMs, jitterMs } = strike.fault;
  const asked = await Promise.all(
    Array.from({ length: jitterMs > 0 ? 5 : 2 }, () =>
      askBothEnds(link, strike, delayMs + jitterMs + graceMs),
    ),
  );
  const [over, past] = [
    asked.map(({ entry }) => tookMs(entry)),
    asked.map(({ exit }) => tookMs(exit)),
  ];
  // The mean of five uniform values in ± jitter is below −3/4 of jitter about once in a thousand
  // times.
  const landed =
    Math.min(...over) >= delayMs - jitterMs - earlyMs &&
    mean(over) >= delayMs - 0.75 * jitterMs - earlyMs &&
    mean(over) - mean(past) >= delayMs / 4;
  return { landed, observation: describeDelays(link, over, past) };
}

/** A ping with a long delay would end after the heal, so only the proxy is asked above this. */
const pingedDelayMsMax = 1_000;

/** The proxy reports the delay, and one ping over the link takes at least that long. */
async function stillDelayed(link: LinkHandle, strike: RealStrike<Delay>): Promise<Evidence> {
  const { delayMs, jitterMs } = strike.fault;
  const imposed = await link.observe({ kind: "latency", delayMs, jitterMs });
  if (!imposed.landed || delayMs + jitterMs > pingedDelayMsMax) return imposed;
  const over = await strike.observer.ping(
    link.entry,
    pingOf(link, strike),
    delayMs + jitterMs + graceMs,
  );
  const landed = tookMs(over) >= delayMs - jitterMs - earlyMs;
  return {
    landed,
    observation: `${imposed.observation}, and a ping over it ${describePong(over)}`,
  };
}

/** Three attempts, because a single ping may be slow for other reasons. */
async function proofOfSpeed(link: LinkHandle, strike: RealStrike<Delay>): Promise<Evidence> {
  const { delayMs } = strike.fault;
  let observation = "";
  for (let attempt = 0; attempt < 3; attempt++) {
    const { entry, exit } = await askBothEnds(link, strike, delayMs + graceMs);
    observation = describeDelays(link, [tookMs(entry)], [tookMs(exit)]);
    if (exit.outcome !== "answered") break;
    if (tookMs(entry) < delayMs / 2 || tookMs(entry) - tookMs(exit) < delayMs / 2)
      return { landed: true, observation };
  }
  return { landed: false, observation };
}

/** NaN without an answer, so that every comparison fails. */
function tookMs(pong: Pong): number {
  return pong.outcome === "answered" ? pong.tookMs : Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function describeDelays(
  link: LinkHandle,
  over: readonly number[],
  past: readonly number[],
): string {
  return `${arrow(link)} answers after ${span(over)}, the service itself after ${span(past)}`;
}

/** `198…243 ms`; a ping without an answer is shown as such. */
function span(values: readonly number[]): string {
  if (values.some(Number.isNaN)) return "nothing within the time";
  const [least, most] = [Math.min(...values), Math.max(...values)].map((ms) =>
    ms.toFixed(ms < 10 ? 1 : 0),
  );
  return least === most ? `${least} ms` : `${least}…${most} ms`;
}
