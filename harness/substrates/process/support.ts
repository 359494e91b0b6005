/** What the process substrate can do on this machine, and why not where it cannot: found out by trying. */
import type { Support } from "../../core/ports.ts";
import { roomSupport } from "./room.ts";

export function processSupport(): Support {
  const linux = process.platform === "linux";
  return {
    kill: true, pause: true, restartLoop: true, latency: true, bandwidth: true, reset: true, partition: true, zoneLoss: true, regionLoss: true, slowStore: true,
    coldCache: true, badSegments: true, operate: true,
    blackhole: "its zones are addresses of one loopback interface, which nothing can be unplugged from; use --substrate docker",
    // Tried only when it is asked for.
    get fullDisk() { return linux ? roomSupport() : "a folder of limited size needs Linux"; },
    clockSkew: linux ? true : "setting the clock of one program needs Linux and libfaketime",
    packetLoss: "its services share one loopback interface, so loss would strike all of them and whatever else runs here; use --substrate docker",
  };
}
