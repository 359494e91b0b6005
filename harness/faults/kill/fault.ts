/** Sends SIGKILL to a service; reverted by starting it again. */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { onService, serviceField } from "../strikes.ts";
import { inject } from "./inject.ts";
import { simulate } from "./simulate.ts";

export const kill = defineFault({
  ...onService,
  schema: z.strictObject({ kind: z.literal("kill"), ...serviceField }),
  does: "SIGKILL",
  describe: ({ service }) => `kill ${service}`,
  proof: "its process is gone and its ports refuse connections",
  undo: "restart it and check that it is ready",
  needs: ["processes"],
  inject,
  simulate,
});
