/** Sets the service's wall clock `byMs` ahead, or behind if negative. */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { onService, serviceField } from "../strikes.ts";
import { inject } from "./inject.ts";

const byMsMin = 3_000;

export const clockSkew = defineFault({
  ...onService,
  schema: z.strictObject({
    kind: z.literal("clockSkew"),
    ...serviceField,
    byMs: z
      .number()
      .finite()
      .refine(
        (byMs) => Math.abs(byMs) >= byMsMin,
        `must be ${byMsMin} ms or more, ahead or behind: clocks are read to the second`,
      )
      .describe("How far the clock goes ahead, in ms; a negative number sets it back."),
  }),
  does: "the service's wall clock goes `byMs` ahead, or behind",
  describe: ({ service, byMs }) =>
    `set the clock of ${service} ${Math.abs(byMs)} ms ${byMs < 0 ? "back" : "ahead"}`,
  proof: "its clock shows that time",
  undo: "set its clock right and check the time that it shows",
  silences: false,
  operations: () => ["clock"],
  needs: ["operations"],
  effect: "clockSkew",
  inject,
  simulate: "virtual time cannot simulate it",
});
