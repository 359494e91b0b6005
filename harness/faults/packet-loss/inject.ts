/**
 * Proof of packet loss: the substrate's own count of dropped packets, while pings create traffic.
 */
import type { Effect, Impairment } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { RealStrike } from "../../target/fault.ts";
import { impair } from "../impair.ts";
import { theService } from "../proofs.ts";

/** At a loss of 1 %, the chance that all of two hundred packets arrive is one in seven. */
const rounds = 10;
const pingsAtOnce = 20;
const pingMs = 300;

export const inject = impair(seenToDrop);

async function seenToDrop(impairment: Impairment, strike: RealStrike<Effect>): Promise<Evidence> {
  const { signal, observer } = strike;
  const instance = theService(strike);
  const [port, bytes] = Object.entries(instance.service.pings ?? {})[0] ?? [];
  let seen = await impairment.observe();
  for (
    let round = 0;
    round < rounds && !seen.landed && port !== undefined && bytes !== undefined && !signal.aborted;
    round++
  ) {
    await Promise.all(
      Array.from({ length: pingsAtOnce }, () =>
        observer.ping(instance.endpoint(port), bytes, pingMs),
      ),
    );
    seen = await impairment.observe();
  }
  return seen;
}
