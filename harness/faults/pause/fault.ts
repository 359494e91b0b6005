/**
 * A service that is there and does nothing (SIGSTOP): connections are taken and stay open, and
 * nobody answers.
 */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { onService, serviceField } from "../strikes.ts";
import { inject } from "./inject.ts";
import { simulate } from "./simulate.ts";

export const pause = defineFault({
  ...onService,
  schema: z.strictObject({ kind: z.literal("pause"), ...serviceField }),
  does: "SIGSTOP: connections are taken and stay open, nobody answers",
  describe: ({ service }) => `pause ${service}`,
  proof: "its processes stand still, its ports take a connection and give no reply",
  undo: "let it go on and see it reply",
  needs: ["pausing"],
  inject,
  simulate,
});
