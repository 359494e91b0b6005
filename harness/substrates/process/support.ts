/**
 * The capabilities of the process substrate on this machine, and the reasons for missing ones;
 * determined by trying.
 */
import type { Effect } from "../../target/deployment.ts";
import type { ToolName } from "../../target/tools.ts";
import { effectsOf, type Fault, type Support, supportOf } from "../../faults/faults.ts";
import { quotaVolumeSupport } from "./quota-volume.ts";

export function processSupport(): Support {
  const linux = process.platform === "linux";
  return supportOf({
    processes: true,
    pausing: true,
    links: true,
    operations: true,
    zoneNetworks:
      "its zones are addresses of one loopback interface, which cannot be disconnected; " +
      "use --substrate docker",
    // Tried on demand.
    get fullDisk() {
      return linux ? quotaVolumeSupport() : "a folder of limited size needs Linux";
    },
    clockSkew: linux ? true : "setting the clock of one program needs Linux and libfaketime",
    packetLoss:
      "its services share one loopback interface, so loss would affect all of them and whatever " +
      "else runs here; use --substrate docker",
  });
}

/** By the effect that they implement. */
const tools: Partial<Record<Effect["kind"], ToolName>> = { clockSkew: "faketime" };

export function toolsForFaults(faults: readonly Fault[]): readonly ToolName[] {
  return [...effectsOf(faults)].flatMap((effect) => tools[effect] ?? []);
}
