/** Drops a fraction of a service's packets. */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { onService, serviceField } from "../strikes.ts";
import { inject } from "./inject.ts";

/**
 * The proof makes up to two hundred exchanges of about ten packets each. At this fraction, the
 * chance that none is lost is about one in a hundred million.
 */
const shareMin = 0.01;

export const packetLoss = defineFault({
  ...onService,
  schema: z.strictObject({
    kind: z.literal("packetLoss"),
    ...serviceField,
    share: z
      .number()
      .gt(0)
      .lt(1)
      .describe("The fraction of packets that is lost. Below 0.01, `plan` refuses it."),
  }),
  does: "a `share` of the service's packets, above 0 and below 1, is lost",
  describe: ({ service, share }) => `lose ${share * 100} % of the packets of ${service}`,
  proof: "packets are counted as dropped",
  undo: "remove the loss and check that no packet is dropped",
  sizeProblems: ({ share }) => {
    if (share >= shareMin) return [];
    const least = `the minimum is ${shareMin * 100} %`;
    return [`loses ${share * 100} % of the packets, too few to be seen; ${least}`];
  },
  silences: false,
  needs: [],
  effect: "packetLoss",
  inject,
  simulate: "virtual time cannot simulate it",
});
