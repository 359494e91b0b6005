/**
 * Disconnects a zone from the network while its services run, as when a switch fails. Connections
 * are neither refused nor answered.
 */
import { z } from "zod";
import { defineFault } from "../../target/fault.ts";
import { onZone, zoneField } from "../strikes.ts";
import { inject } from "./inject.ts";
import { simulate } from "./simulate.ts";

export const blackhole = defineFault({
  ...onZone,
  schema: z.strictObject({ kind: z.literal("blackhole"), ...zoneField }),
  does: "a zone loses its network; its processes keep running",
  describe: ({ zone }) => `cut zone ${zone} off the network`,
  proof: "its processes run, and its ports neither accept nor refuse a connection",
  undo: "reconnect it at the same addresses and check that its ports reply",
  needs: ["zoneNetworks"],
  inject,
  simulate,
});
