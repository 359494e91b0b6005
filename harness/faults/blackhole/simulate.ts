/** Drops every simulated packet from and to the zone. */
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, VirtualStrike } from "../../target/fault.ts";
import { names, evidenceOf } from "../proofs.ts";

export function simulate({
  fault: { zone },
  services,
  deployment,
}: VirtualStrike<{ readonly zone: string }>): FaultExecution {
  const isUp = (): boolean => services.every(({ state }) => state === "running");
  const silent = (): Evidence =>
    evidenceOf(
      services.length > 0 && deployment.isCutOff(zone) && isUp(),
      `${names(services)} is running, and no packet reaches or leaves ${zone}`,
    );
  let reconnect = async (): Promise<void> => {};
  return {
    act: async () => {
      reconnect = await deployment.disconnect(zone);
    },
    verify: silent,
    look: silent,
    revert: () => reconnect(),
    verifyReverted: () =>
      evidenceOf(!deployment.isCutOff(zone) && isUp(), `${names(services)} is running and answers`),
  };
}
