/** A simulated service queues what arrives until it resumes. */
import type { Evidence } from "../../target/evidence.ts";
import type { Course, VirtualStrike } from "../../target/fault.ts";
import { each, names, said } from "../proofs.ts";

export function simulate({ services }: VirtualStrike<unknown>): Course {
  const still = (): Evidence =>
    said(
      services.every(({ state }) => state === "paused"),
      `${names(services)} stands still and gives no reply`,
    );
  return {
    act: () => each(services, (service) => service.pause()),
    verify: still,
    look: still,
    revert: () => each(services, (service) => service.resume()),
    verifyReverted: () =>
      said(
        services.every(({ state }) => state === "running"),
        `${names(services)} is running and answers`,
      ),
  };
}
