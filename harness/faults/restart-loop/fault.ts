/**
 * Kills a service every `everyMs`, counted from one start to the next death, and starts it again at
 * once.
 */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { onService, serviceField } from "../strikes.ts";
import { inject } from "./inject.ts";
import { simulate } from "./simulate.ts";

/** Slack for the second death on a busy machine. */
const roundSlackMs = 1_000;

export const restartLoop = defineFault({
  ...onService,
  schema: z.strictObject({
    kind: z.literal("restartLoop"),
    ...serviceField,
    everyMs: z
      .number()
      .finite()
      .min(100)
      .describe("Time from a start to the next death, in ms. `forMs` must allow two of them."),
  }),
  does: "killed `everyMs` after each start, ready or not",
  describe: ({ service, everyMs }) => `restart ${service} every ${everyMs} ms`,
  proof: "one process after another is gone",
  undo: "stop the kills and check that it is ready",
  sizeProblems: ({ everyMs }, forMs) => {
    const least = 2 * everyMs + roundSlackMs;
    if (forMs >= least) return [];
    const twice = `cannot be seen to die twice, once every ${everyMs} ms`;
    return [`lasts ${forMs} ms, in which it ${twice}; the minimum is ${least} ms`];
  },
  needs: ["processes"],
  inject,
  simulate,
});
