/** Kills every service of a region at once; reverted by starting all of them again. */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { inject } from "../kill/inject.ts";
import { simulate } from "../kill/simulate.ts";
import { onRegion, regionField } from "../strikes.ts";

export const regionLoss = defineFault({
  ...onRegion,
  schema: z.strictObject({ kind: z.literal("regionLoss"), ...regionField }),
  does: "every service in a region is killed at once",
  describe: ({ region }) => `lose region ${region}`,
  proof: "each process of it is gone and its ports refuse connections",
  undo: "restart all and check that each is ready",
  needs: ["processes"],
  inject,
  simulate,
});
