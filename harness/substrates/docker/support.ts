/**
 * The capabilities of the docker substrate: all, except effects without a file in `effects/`. If a
 * kernel cannot drop packets by rule (nf_tables), that fault does not land.
 */
import { type Support, supportOf } from "../../faults/faults.ts";
import { supportsEffect } from "../effects.ts";
import { effects } from "./effect.ts";

export function dockerSupport(): Support {
  return supportOf(
    {
      processes: true,
      pausing: true,
      links: true,
      answers: "it has no HTTP proxy on links yet; use --substrate process",
      operations: true,
      zoneNetworks: true,
    },
    supportsEffect(effects),
  );
}
