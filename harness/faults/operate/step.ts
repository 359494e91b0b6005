/** The fields of an operator's act in an experiment. */
import { z } from "zod";
import type { Frozen } from "../../base/frozen.ts";
import { serviceField } from "../strikes.ts";

const act = {
  operation: z.string().min(1).describe("One of the service's `operations`, by its name."),
  parameters: z
    .record(z.string().regex(/^\w+$/, "the name of a parameter"), z.string())
    .optional()
    .describe("What stands for `{name}` in the operation's path and body."),
};

/**
 * `shows` must be absent from the answer to `look` before the act and present after it. If there is
 * an `undo`, it must be absent again after that. Parameters and `shows` may contain placeholders.
 * `{nowMs}` is the moment of the act in epoch ms. For a target with a rhythm, `{NAME}` is the
 * number of the current period, by the name of its periods. `{NAME+5}` and `{NAME-20}` count from
 * it. In `undo` and `shows`, `{answer.NAME}` is that member of the act's
 * JSON answer.
 */
export const operatorStep = z.strictObject({
  kind: z.literal("operate"),
  ...serviceField,
  ...act,
  look: z
    .strictObject({ ...act, shows: z.string().min(1) })
    .describe("The proof: `shows` is absent from its answer before the act, and present after."),
  undo: z
    .strictObject(act)
    .optional()
    .describe("The operation that reverts it; none for what cannot be reverted."),
});

export type OperatorStep = Frozen<z.infer<typeof operatorStep>>;
/** One of the service's operations, by name. */
export type OperatorAct = Pick<OperatorStep, "operation" | "parameters">;
