/** Kills every service of a zone at once; reverted by starting all of them again. */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { inject } from "../kill/inject.ts";
import { simulate } from "../kill/simulate.ts";
import { onZone, zoneField } from "../strikes.ts";

export const zoneLoss = defineFault({
  ...onZone,
  schema: z.strictObject({ kind: z.literal("zoneLoss"), ...zoneField }),
  does: "every service in a zone is killed at once",
  describe: ({ zone }) => `lose zone ${zone}`,
  proof: "each process of it is gone and its ports refuse connections",
  undo: "restart all and check that each is ready",
  needs: ["processes"],
  inject,
  simulate,
});
