/**
 * What the docker substrate can do: everything but effects that it has no file for. Where a kernel
 * cannot drop packets by rule (nf_tables), that fault is seen not to land.
 */
import { type Support, supportOf } from "../../faults/faults.ts";
import { supportsEffect } from "../effects.ts";
import { effects } from "./effect.ts";

export function dockerSupport(): Support {
  return supportOf(
    { processes: true, pausing: true, links: true, operations: true, zoneNetworks: true },
    supportsEffect(effects),
  );
}
