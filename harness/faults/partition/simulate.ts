/** The simulated links refuse new exchanges and drop those in progress. */
import type { Evidence } from "../../target/evidence.ts";
import type { FaultExecution, VirtualStrike } from "../../target/fault.ts";
import { each, evidenceOf } from "../proofs.ts";

export function simulate({ links }: VirtualStrike<unknown>): FaultExecution {
  const isCut = (): Evidence =>
    evidenceOf(
      links.length > 0 && links.every((link) => link.isCut),
      `${links.length} links refuse connections, the services at both ends live`,
    );
  return {
    act: () => each(links, (link) => link.cut()),
    verify: isCut,
    look: isCut,
    revert: () => each(links, (link) => link.restore()),
    verifyReverted: () =>
      evidenceOf(
        links.every((link) => !link.isCut),
        `${links.length} links take connections again`,
      ),
  };
}
