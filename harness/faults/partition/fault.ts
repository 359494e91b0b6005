/**
 * Links that refuse connections and lose present ones, while the services at both ends live. It
 * cuts what passes through the proxy, the declared links; it is no black hole.
 */
import { z } from "zod";
import { defineFault } from "../fault.ts";
import { describeLinks } from "../../target/where.ts";
import { linksField, onLinks } from "../strikes.ts";
import { inject } from "./inject.ts";
import { simulate } from "./simulate.ts";

export const partition = defineFault({
  ...onLinks,
  schema: z.strictObject({ kind: z.literal("partition"), ...linksField }),
  does: "links refuse new connections and close open ones",
  describe: ({ links }) => `partition ${describeLinks(links)}`,
  proof: "each link refuses a connection while the service behind it answers",
  undo: "restore the links and check that pings are answered",
  severs: true,
  needs: ["links"],
  inject,
  simulate,
});
