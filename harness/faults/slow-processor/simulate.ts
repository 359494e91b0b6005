/** A simulated service stands still for the rest of each period. */
import type { FaultExecution, VirtualStrike } from "../../target/fault.ts";
import { evidenceOf, names, theService } from "../proofs.ts";
import { periodMs, ShareOfTime } from "./share-of-time.ts";

export function simulate(strike: VirtualStrike<{ readonly share: number }>): FaultExecution {
  const { clock, fault, services } = strike;
  const time = new ShareOfTime(theService(strike), clock, fault.share);
  const slowed = async () => {
    const before = time.periods;
    await clock.sleep(2 * periodMs);
    const stops = time.periods - before;
    return evidenceOf(
      stops > 0 && time.problem === null,
      time.problem ?? `${names(services)} was stopped ${stops} times`,
    );
  };
  return {
    act: () => time.begin(),
    verify: slowed,
    look: slowed,
    revert: () => time.end(),
    verifyReverted: () =>
      evidenceOf(
        services.every(({ state }) => state === "running"),
        `${names(services)} is running`,
      ),
  };
}
