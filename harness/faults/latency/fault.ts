/**
 * Delays answers over links by `delayMs` ± `jitterMs`, uniformly; `jitterMs` is at most `delayMs`.
 */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { describeLinks } from "../../target/where.ts";
import { linksField, onLinks } from "../strikes.ts";
import { delayFields, delayProblems, isJitterWithinDelay, jitterProblem } from "./delay.ts";
import { inject } from "./inject.ts";
import { simulate } from "./simulate.ts";

export const latency = defineFault({
  ...onLinks,
  schema: z
    .strictObject({ kind: z.literal("latency"), ...linksField, ...delayFields })
    .refine(isJitterWithinDelay, jitterProblem),
  does: "answers over links come `delayMs` ± `jitterMs` later",
  describe: ({ links, delayMs, jitterMs }) =>
    `latency of ${delayMs} ± ${jitterMs} ms ${describeLinks(links)}`,
  proof: "pings over each link take that long, pings past it do not",
  undo: "remove the delay and check that pings are as quick as past the link",
  sizeProblems: delayProblems,
  needs: ["links"],
  inject,
  simulate,
});
