/** Drops every simulated packet from and to the zone. */
import type { Evidence } from "../../target/evidence.ts";
import type { Course, VirtualStrike } from "../../target/fault.ts";
import { names, said } from "../proofs.ts";

export function simulate({
  fault: { zone },
  services,
  deployment,
}: VirtualStrike<{ readonly zone: string }>): Course {
  const isUp = (): boolean => services.every(({ state }) => state === "running");
  const silent = (): Evidence =>
    said(
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
      said(!deployment.isCutOff(zone) && isUp(), `${names(services)} is running and answers`),
  };
}
