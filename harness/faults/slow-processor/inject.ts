/**
 * A share of the time for a service. Proof: it was stopped in each period. Every ping is answered,
 * so it is no pause, and some wait as long as it stands still.
 */
import type { Instance } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { evidenceOf, pingAll, theService } from "../proofs.ts";
import { periodMs, ShareOfTime } from "./share-of-time.ts";

/** Three periods. */
const pings = 24;
const pingEveryMs = 25;
const answerWithinMs = 5_000;
/** The longest ping begins within the first quarter of a standstill. */
const shareSeen = 0.75;
const attempts = 3;

export function inject(strike: RealStrike<{ readonly share: number }>): FaultExecution {
  const {
    fault: { share },
    clock,
  } = strike;
  const instance = theService(strike);
  const { name } = instance.service;
  const time = new ShareOfTime(instance, clock, share);
  const stillMs = periodMs * (1 - share);
  const slowed = async (): Promise<Evidence> => {
    const before = time.periods;
    const { longestMs, silent } = await pinged(instance, strike);
    const stops = time.periods - before;
    const seen =
      `${name} was stopped ${stops} times; of ${pings} pings ${silent} had no answer, ` +
      `and the longest took ${Math.round(longestMs)} ms`;
    if (time.problem !== null) return evidenceOf(false, `${name}: ${time.problem}`);
    return evidenceOf(stops > 0 && silent === 0 && longestMs >= shareSeen * stillMs, seen);
  };
  return {
    act: () => time.begin(),
    verify: slowed,
    look: slowed,
    revert: () => time.end(),
    verifyReverted: async () => {
      let seen = "";
      for (let attempt = 0; attempt < attempts; attempt++) {
        const { longestMs, silent } = await pinged(instance, strike);
        const { state } = instance;
        seen = `${name} is ${state}, and the longest ping took ${Math.round(longestMs)} ms`;
        if (state === "running" && silent === 0 && longestMs < shareSeen * stillMs)
          return evidenceOf(true, seen);
      }
      return evidenceOf(false, seen);
    },
  };
}

async function pinged(
  instance: Instance,
  { clock, observer }: RealStrike<unknown>,
): Promise<{ readonly longestMs: number; readonly silent: number }> {
  const sent: ReturnType<typeof pingAll>[] = [];
  for (let ping = 0; ping < pings; ping++) {
    sent.push(pingAll(instance, observer, answerWithinMs));
    await clock.sleep(pingEveryMs);
  }
  const pongs = (await Promise.all(sent)).flat().map(({ pong }) => pong);
  const took = pongs.flatMap((pong) => (pong.outcome === "answered" ? [pong.tookMs] : []));
  return { longestMs: Math.max(0, ...took), silent: pongs.length - took.length };
}
