/** Restarts a service as an operator does: it is asked to end, and may drain. */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { onService, serviceField } from "../strikes.ts";
import { inject } from "./inject.ts";

export const restart = defineFault({
  ...onService,
  schema: z.strictObject({ kind: z.literal("restart"), ...serviceField }),
  does: "SIGTERM, its own time to drain, then a new start at once",
  describe: ({ service }) => `restart ${service} gracefully`,
  proof: "its process has ended, and another one is ready",
  undo: "start it unless it runs, and check that its ports accept connections",
  // Its end is its start again; `forMs` is the time in which it must be back.
  lasts: () => false,
  needs: ["processes"],
  inject,
  simulate: "a model has no requests to drain",
});
