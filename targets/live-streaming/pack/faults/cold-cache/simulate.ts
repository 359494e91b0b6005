/** The model's cache forgets its content. */
import type { FaultExecution, VirtualStrike } from "../../../../../harness/target/fault.ts";
import { names, evidenceOf } from "../../../../../harness/faults/proofs.ts";

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
      evidenceOf(
        done && services.length > 0,
        done ? `${names(services)} did flush` : `the model of ${names(services)} knows no flush`,
      ),
    revert: async () => undefined,
    verifyReverted: () => evidenceOf(true, "nothing stays in force"),
  };
}
