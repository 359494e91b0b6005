/**
 * Proof of clock skew: the time that the service reports differs from the harness's by `byMs`,
 * within 1.5 s.
 */
import type { Effect, Impairment, Instance } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, RealStrike } from "../../target/fault.ts";
import { theService } from "../proofs.ts";

/** Reported dates have a resolution of one second, and may be one second old. */
const toleranceMs = 1_500;

interface Skew extends Effect {
  readonly byMs: number;
}

export function inject(strike: RealStrike<Skew>): FaultExecution {
  const { fault, clock } = strike;
  const instance = theService(strike);
  let impairment: Impairment | null = null;
  return {
    act: async () => {
      impairment = await instance.impair(fault);
    },
    verify: () => clockEvidence(instance, fault.byMs, clock),
    look: () => clockEvidence(instance, fault.byMs, clock),
    revert: async () => void (await impairment?.undo()),
    verifyReverted: () => clockEvidence(instance, 0, clock),
  };
}

/** A service may cache the current second briefly, so a wrong answer is requested once more. */
async function clockEvidence(
  instance: Instance,
  wantedMs: number,
  clock: RealStrike<Skew>["clock"],
): Promise<Evidence> {
  let observation = "";
  for (let attempt = 0; attempt < 2; attempt++) {
    if (attempt > 0) await clock.sleep(1_200);
    const reportedMs = Date.parse(await instance.operate("clock"));
    // On average, the reported second began 0.5 s ago.
    const offMs = reportedMs + 500 - clock.nowMs();
    observation = `the clock of ${instance.service.name} is ${Math.round(offMs / 100) / 10} s off`;
    if (Math.abs(offMs - wantedMs) <= toleranceMs) return { landed: true, observation };
  }
  return { landed: false, observation };
}
