/**
 * Fills the folder of a service, the only place to which it may write. Only the substrate can do
 * and observe this.
 */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { impair } from "../impair.ts";
import { onService, serviceField } from "../strikes.ts";

export const fullDisk = defineFault({
  ...onService,
  schema: z.strictObject({ kind: z.literal("fullDisk"), ...serviceField }),
  does: "the service's own folder has no space left",
  describe: ({ service }) => `fill the disk of ${service}`,
  proof: "a write to its folder fails: no space",
  undo: "free the space and check that a write succeeds",
  silences: false,
  needs: [],
  effect: "fullDisk",
  inject: impair(),
  simulate: "virtual time cannot simulate it",
});
