/**
 * What the docker substrate can do: everything. Where a kernel cannot drop packets by rule
 * (nf_tables), that fault is seen not to land.
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
