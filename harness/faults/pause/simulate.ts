/** A simulated service queues what arrives until it resumes. */
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, VirtualStrike } from "../../target/fault.ts";
import { each, names, evidenceOf } from "../proofs.ts";

export function simulate({ services }: VirtualStrike<unknown>): FaultExecution {
  const still = (): Evidence =>
    evidenceOf(
      services.every(({ state }) => state === "paused"),
      `${names(services)} stands still and gives no reply`,
    );
  return {
    act: () => each(services, (service) => service.pause()),
    verify: still,
    look: still,
    revert: () => each(services, (service) => service.resume()),
    verifyReverted: () =>
      evidenceOf(
        services.every(({ state }) => state === "running"),
        `${names(services)} is running and answers`,
      ),
  };
}
