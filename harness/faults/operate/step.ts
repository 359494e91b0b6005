/** The fields of an operator's act in an experiment. */
import { z } from "zod";
import type { Frozen } from "../../base/frozen.ts";
import { serviceField } from "../strikes.ts";

const act = {
  operation: z.string().min(1),
  parameters: z.record(z.string().regex(/^\w+$/), z.string()).optional(),
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
  look: z.strictObject({ ...act, shows: z.string().min(1) }),
  /** Omit for actions that cannot be reverted, such as a broadcast. */
  undo: z.strictObject(act).optional(),
});

export type OperatorStep = Frozen<z.infer<typeof operatorStep>>;
/** One of the service's operations, by name. */
export type OperatorAct = Pick<OperatorStep, "operation" | "parameters">;
