/** A service whose wall clock is wrong. Proof: the time that the service itself tells, against the harness's own, to within a second and a half. */
import type { FaultOf } from "../core/faults.ts";
import { inject } from "../core/injection.ts";
import type { Impairment, InjectionContext, Injector, Instance } from "../core/ports.ts";
import type { Evidence } from "../core/run.ts";

/** Dates are told by the second and may be a second old. */
const toleranceMs = 1_500;

export const clockSkew: Injector<FaultOf<"clockSkew">> = (fault, deployment, context) => {
  const instance = deployment.instance(fault.service);
  let impairment: Impairment | null = null;
  return inject(context, {
    act: async () => {
      impairment = await instance.impair({ kind: "clockSkew", byMs: fault.byMs });
    },
    prove: () => toldTime(instance, fault.byMs, context),
    look: () => toldTime(instance, fault.byMs, context),
    undo: async () => void (await impairment?.undo()),
    proveHealed: () => toldTime(instance, 0, context),
  });
};

/** A service may keep the second that it tells for a moment, so a wrong answer is asked for once more. */
async function toldTime(instance: Instance, wantedMs: number, { clock }: InjectionContext): Promise<Evidence> {
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
