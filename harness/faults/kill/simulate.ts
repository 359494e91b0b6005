/**
 * Ends simulated processes, and starts them again as the model defines. Shared with zone loss and
 * region loss.
 */
import type { FaultExecution, VirtualStrike } from "../../target/fault.ts";
import { each, names, evidenceOf } from "../proofs.ts";

export function simulate({ services }: VirtualStrike<unknown>): FaultExecution {
  const who = names(services);
  const alive = services.filter(({ pid }) => pid !== null).length;
  const isDead = (): boolean => services.every(({ pid, isReady }) => pid === null && !isReady);
  return {
    act: () => each(services, (service) => service.kill()),
    verify: () =>
      alive < services.length || alive === 0
        ? evidenceOf(false, `of ${who} not everything was running, so there was nothing to kill`)
        : evidenceOf(
            services.every(({ isReady }) => !isReady),
            `the simulated processes of ${who} are gone, and connections are refused`,
          ),
    look: () =>
      evidenceOf(
        isDead(),
        isDead() ? `the simulated processes of ${who} are gone` : `not all of ${who} stayed dead`,
      ),
    revert: () =>
      each(
        services.filter(({ pid }) => pid === null),
        (service) => service.start(),
      ),
    verifyReverted: () =>
      evidenceOf(
        services.every(({ isReady }) => isReady),
        `${who} ${services.length === 1 ? "is" : "are"} ready again`,
      ),
  };
}
