/**
 * No room is left in the folder of a service, which is all that it may write to. Only the substrate
 * can do and see that.
 */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { impair } from "../impair.ts";
import { onService, serviceField } from "../strikes.ts";

export const fullDisk = defineFault({
  ...onService,
  schema: z.strictObject({ kind: z.literal("fullDisk"), ...serviceField }),
  does: "no room is left in the service's own folder",
  describe: ({ service }) => `fill the disk of ${service}`,
  proof: "a write to its folder fails for want of room",
  undo: "give the room back and see a write succeed",
  silences: false,
  needs: ["fullDisk"],
  effect: () => ({ kind: "fullDisk" }),
  inject: impair(() => ({ kind: "fullDisk" })),
  simulate: "it has no counterpart in virtual time",
});
