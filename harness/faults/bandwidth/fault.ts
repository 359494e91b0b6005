/**
 * Limits each connection of the links to this many bytes per second in each direction. A client
 * with many connections gets many times as much.
 */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { describeLinks } from "../../target/where.ts";
import { linksField, onLinks } from "../strikes.ts";
import { inject } from "./inject.ts";

export const bandwidth = defineFault({
  ...onLinks,
  schema: z.strictObject({
    kind: z.literal("bandwidth"),
    ...linksField,
    bytesPerSecond: z
      .number()
      .int()
      .min(1_000)
      .max(1_000_000_000)
      .multipleOf(1_000)
      .describe("The greatest throughput of each connection, in bytes per second."),
  }),
  does: "`bytesPerSecond` on links, for each connection by itself",
  describe: ({ links, bytesPerSecond }) =>
    `bandwidth of ${bytesPerSecond} B/s ${describeLinks(links)}`,
  proof: "throughput over each link is at most that, and higher past the link",
  undo: "remove the limit and check that throughput is higher",
  bytesPerSecondMax: ({ bytesPerSecond }) => bytesPerSecond,
  needs: ["links"],
  inject,
  simulate: "virtual time cannot simulate it",
});
