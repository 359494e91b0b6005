/** What an experiment says of an operator's act. */
import { z } from "zod";
import type { Frozen } from "../../base/frozen.ts";
import { serviceField } from "../strikes.ts";

const act = {
  operation: z.string().min(1),
  parameters: z.record(z.string().regex(/^\w+$/), z.string()).optional(),
};

/**
 * `shows` must not be in the answer to `look` before, must be in it after, and, where there is an
 * `undo`, must be gone after that. In parameters and in `shows`, `{nowMs}` is the moment of the act
 * in epoch ms; where the target has a rhythm, `{NAME}` is the number of the period that is on then,
 * by the name of its periods. `{NAME+5}` and `{NAME-20}` count from it. In
 * `undo`, and in `shows`, `{answer.NAME}` is that member of the act's JSON answer.
 */
export const operatorStep = z.strictObject({
  kind: z.literal("operate"),
  ...serviceField,
  ...act,
  look: z.strictObject({ ...act, shows: z.string().min(1) }),
  /** Left out for what stays: a word that was said. */
  undo: z.strictObject(act).optional(),
});

export type OperatorStep = Frozen<z.infer<typeof operatorStep>>;
/** One of the service's operations, by name. */
export type OperatorAct = Pick<OperatorStep, "operation" | "parameters">;
