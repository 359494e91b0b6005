/**
 * A service gets a share of the time only, as under a processor quota or beside a greedy neighbour.
 * It stands still for the rest of each period, as a throttled control group does.
 */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { onService, serviceField } from "../strikes.ts";
import { inject } from "./inject.ts";
import { simulate } from "./simulate.ts";

export const slowProcessor = defineFault({
  ...onService,
  schema: z.strictObject({
    kind: z.literal("slowProcessor"),
    ...serviceField,
    share: z.number().min(0.05).max(0.7).describe("The share of the time in which it runs."),
  }),
  does: "the service runs only a `share` of the time, and stands still for the rest of each 200 ms",
  describe: ({ service, share }) => `${service} runs ${Math.round(share * 100)} % of the time`,
  proof: "it was stopped in each period, and its ports answer every ping, some as late as that",
  undo: "let it run and check that every ping is quick",
  silences: false,
  needs: ["pausing"],
  inject,
  simulate,
});
