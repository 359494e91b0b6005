/**
 * Faults in virtual time: each acts on the model's nodes and links, and is verified by the same
 * kind of observation as a real one.
 */
import { kindOf } from "../../faults/faults.ts";
import { type InjectFault, onTarget } from "../../faults/inject.ts";
import { carryOut } from "../../faults/injection.ts";
import type { SimulatedDeployment } from "./deployment.ts";

export const injectVirtually: InjectFault = async (fault, struck, target, context) => {
  const deployment = target as SimulatedDeployment;
  const { simulate } = kindOf(fault);
  if (typeof simulate === "string") throw new Error(`nothing simulates ${fault.kind}: ${simulate}`);
  return await carryOut(
    simulate({ fault, deployment, ...onTarget(struck, deployment), ...context }),
    context.clock,
  );
};
