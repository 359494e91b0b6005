/**
 * Resets connections over links when something is sent on them. Connections that existed before are
 * closed at that moment.
 */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { describeLinks } from "../../target/where.ts";
import { linksField, onLinks } from "../strikes.ts";
import { inject } from "./inject.ts";

export const reset = defineFault({
  ...onLinks,
  schema: z.strictObject({ kind: z.literal("reset"), ...linksField }),
  does: "connections over links are reset",
  describe: ({ links }) => `reset connections ${describeLinks(links)}`,
  proof: "each link resets a connection while the service behind it answers",
  undo: "stop the resets and check that pings are answered",
  severs: true,
  needs: ["links"],
  inject,
  simulate: "virtual time cannot simulate it",
});
