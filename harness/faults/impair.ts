/** Faults that the substrate applies to a service, and that only the substrate can observe. */
import type { Effect, Impairment } from "../target/deployment.ts";
import type { Evidence } from "../target/evidence.ts";
import type { Inject, RealStrike } from "../target/fault.ts";
import { all, theService } from "./proofs.ts";

const nothing: Evidence = { landed: true, observation: "it was never in force" };

type Verify<F> = (impairment: Impairment, strike: RealStrike<F>) => Promise<Evidence>;

/**
 * `verify` may cause the traffic that the substrate needs in order to observe the effect.
 * `afterwards` verifies the service itself, after the substrate has removed the effect.
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
