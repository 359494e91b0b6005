/**
 * The capabilities of the process substrate on this machine, and the reasons for missing ones;
 * determined by trying.
 */
import type { ToolName } from "../../target/tools.ts";
import { effectsOf, type Fault, type Support, supportOf } from "../../faults/faults.ts";
import { supportsEffect } from "../effects.ts";
import { effects } from "./effect.ts";

export function processSupport(): Support {
  return supportOf(
    {
      processes: true,
      pausing: true,
      links: true,
      answers: true,
      operations: true,
      zoneNetworks:
        "its zones are addresses of one loopback interface, which cannot be disconnected; " +
        "use --substrate docker",
    },
    supportsEffect(effects, {
      packetLoss:
        "its services share one loopback interface, so loss would affect all of them and " +
        "whatever else runs here; use --substrate docker",
    }),
  );
}

export function toolsForFaults(faults: readonly Fault[]): readonly ToolName[] {
  return [...effectsOf(faults)].flatMap((kind) => effects.get(kind)?.tools ?? []);
}
