/** The service's wall clock goes `byMs` ahead, or behind when negative. */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { onService, serviceField } from "../strikes.ts";
import { inject, skewOf } from "./inject.ts";

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
        `must be ${byMsMin} ms or more, ahead or behind: clocks are told by the second`,
      ),
  }),
  does: "the service's wall clock goes `byMs` ahead, or behind",
  describe: ({ service, byMs }) =>
    `set the clock of ${service} ${Math.abs(byMs)} ms ${byMs < 0 ? "back" : "ahead"}`,
  proof: "it tells that time",
  undo: "let its clock go right and see it tell the right time",
  silences: false,
  operations: () => ["clock"],
  needs: ["clockSkew", "operations"],
  effect: skewOf,
  inject,
  simulate: "it has no counterpart in virtual time",
});
