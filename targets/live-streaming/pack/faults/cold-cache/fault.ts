/** A cache loses all its content at once. It refills by itself, so there is nothing to heal. */
import { z } from "zod";
import { defineFault } from "../../../../../harness/target/fault.ts";
import { onService, serviceField } from "../../../../../harness/faults/strikes.ts";
import { inject } from "./inject.ts";
import { simulate } from "./simulate.ts";

export const coldCache = defineFault({
  ...onService,
  schema: z.strictObject({ kind: z.literal("coldCache"), ...serviceField }),
  does: "a cache is flushed",
  describe: ({ service }) => `empty the cache ${service}`,
  proof: "a former hit is a miss",
  undo: "nothing: the cache fills again",
  silences: false,
  lasts: () => false,
  operations: () => ["fill", "look", "flush"],
  modelOperations: () => ["flush"],
  needs: ["operations"],
  inject,
  simulate,
});
