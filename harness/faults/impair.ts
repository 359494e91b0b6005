/** Faults that the substrate itself does to a service, and that only it can see. */
import type { Effect, Impairment } from "../target/deployment.ts";
import type { Evidence } from "../target/evidence.ts";
import type { Inject, RealStrike } from "../target/fault.ts";
import { all, theService } from "./proofs.ts";

const nothing: Evidence = { landed: true, observation: "it was never in force" };

type Verify<F> = (impairment: Impairment, strike: RealStrike<F>) => Promise<Evidence>;

/**
 * `verify` may do more than ask the substrate: give it something to see. `afterwards` looks at the
 * service once the substrate has seen the effect gone.
 */
export function impair<F extends Effect>(
  verify: Verify<F> = (impairment) => impairment.observe(),
  afterwards?: (strike: RealStrike<F>) => Promise<Evidence>,
): Inject<F> {
  return (strike) => {
    const instance = theService(strike);
    let impairment: Impairment | null = null;
    let reverted: Evidence = nothing;
    return {
      act: async () => {
        impairment = await instance.impair(strike.fault);
      },
      verify: () => (impairment === null ? nothing : verify(impairment, strike)),
      look: () => (impairment === null ? nothing : impairment.observe()),
      revert: async () => {
        reverted = (await impairment?.undo()) ?? nothing;
      },
      verifyReverted: async () =>
        afterwards === undefined || !reverted.landed || impairment === null
          ? reverted
          : all([reverted, await afterwards(strike)]),
    };
  };
}
