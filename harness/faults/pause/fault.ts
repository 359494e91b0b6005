/** Stops a service with SIGSTOP: connections are accepted and stay open without answers. */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { onService, serviceField } from "../strikes.ts";
import { inject } from "./inject.ts";
import { simulate } from "./simulate.ts";

export const pause = defineFault({
  ...onService,
  schema: z.strictObject({ kind: z.literal("pause"), ...serviceField }),
  does: "SIGSTOP: connections are accepted and stay open, without an answer",
  describe: ({ service }) => `pause ${service}`,
  proof: "its processes are stopped; its ports accept connections and send no reply",
  undo: "resume it and check that it replies",
  needs: ["pausing"],
  inject,
  simulate,
});
