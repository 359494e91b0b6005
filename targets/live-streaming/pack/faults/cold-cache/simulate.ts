/** The model's cache forgets what it holds. */
import type { FaultExecution, VirtualStrike } from "../../../../../harness/target/fault.ts";
import { names, said } from "../../../../../harness/faults/proofs.ts";

export function simulate({ services }: VirtualStrike<unknown>): FaultExecution {
  let done = false;
  return {
    act: async () => {
      done = await Promise.all(services.map((service) => service.operate("flush"))).then(
        () => true,
        () => false,
      );
    },
    verify: () =>
      said(
        done && services.length > 0,
        done ? `${names(services)} did flush` : `the model of ${names(services)} knows no flush`,
      ),
    revert: async () => undefined,
    verifyReverted: () => said(true, "nothing stays in force"),
  };
}
