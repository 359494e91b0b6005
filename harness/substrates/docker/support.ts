/** What the docker substrate can do: everything. Where a kernel cannot drop packets by rule (nf_tables), that fault is seen not to land. */
import type { Support } from "../../core/ports.ts";

export function dockerSupport(): Support {
  return {
    kill: true, pause: true, restartLoop: true, latency: true, bandwidth: true, reset: true, partition: true, zoneLoss: true, regionLoss: true, blackhole: true, slowStore: true,
    coldCache: true, badSegments: true, operate: true, fullDisk: true, clockSkew: true, packetLoss: true,
  };
}
