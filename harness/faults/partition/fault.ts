/**
 * Links refuse connections and close existing ones, while the services at both ends run. Only
 * traffic through the proxy, on declared links, is cut; for a silent loss, see blackhole.
 */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
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
