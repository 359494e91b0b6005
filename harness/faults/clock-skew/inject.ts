/**
 * Proof of a wrong clock: the time that the service itself tells, against the harness's own, to
 * within a second and a half.
 */
import type { Effect, Impairment, Instance } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { Course, RealStrike } from "../../target/fault.ts";
import { theService } from "../proofs.ts";

/** Dates are told by the second and may be a second old. */
const toleranceMs = 1_500;

interface Skew extends Effect {
  readonly byMs: number;
}

export function inject(strike: RealStrike<Skew>): Course {
  const { fault, clock } = strike;
  const instance = theService(strike);
  let impairment: Impairment | null = null;
  return {
    act: async () => {
      impairment = await instance.impair(fault);
    },
    verify: () => toldTime(instance, fault.byMs, clock),
    look: () => toldTime(instance, fault.byMs, clock),
    revert: async () => void (await impairment?.undo()),
    verifyReverted: () => toldTime(instance, 0, clock),
  };
}

/**
 * A service may keep the second that it tells for a moment, so a wrong answer is asked for once
 * more.
 */
async function toldTime(
  instance: Instance,
  wantedMs: number,
  clock: RealStrike<Skew>["clock"],
): Promise<Evidence> {
  let observation = "";
  for (let attempt = 0; attempt < 2; attempt++) {
    if (attempt > 0) await clock.sleep(1_200);
    const told = Date.parse(await instance.operate("clock"));
    // On average the told second began half a second ago.
    const offMs = told + 500 - clock.nowMs();
    observation = `the clock of ${instance.service.name} is ${Math.round(offMs / 100) / 10} s off`;
    if (Math.abs(offMs - wantedMs) <= toleranceMs) return { landed: true, observation };
  }
  return { landed: false, observation };
}
