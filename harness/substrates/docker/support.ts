/**
 * The capabilities of the docker substrate: all. If a kernel cannot drop packets by rule
 * (nf_tables), that fault does not land.
 */
import { type Support, supportOf } from "../../faults/faults.ts";

export function dockerSupport(): Support {
  return supportOf({
    processes: true,
    pausing: true,
    links: true,
    operations: true,
    zoneNetworks: true,
    fullDisk: true,
    clockSkew: true,
    packetLoss: true,
  });
}
