/** What the docker substrate can do, and why not where it cannot. */
import type { Support } from "../../core/ports.ts";

export function dockerSupport(): Support {
  return {
    kill: true, pause: true, restartLoop: true, latency: true, bandwidth: true, reset: true, partition: true, zoneLoss: true, regionLoss: true, slowStore: true,
    coldCache: true, badSegments: true, clockSkew: true, packetLoss: true,
    fullDisk: "a container's folder is one of this machine's, which must not be filled; use --substrate process",
  };
}
