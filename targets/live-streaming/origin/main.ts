/**
 * An origin: the publish stack or the read stack of one region, as configured. Each is a process
 * with its own store sessions.
 */
import { readConfiguration } from "../service/configuration.ts";
import { configurationShape } from "./configuration.ts";
import { runForward } from "./forward.ts";
import { runOrigin } from "./origin.ts";

const settings = readConfiguration(configurationShape);
await (settings.role === "forward" ? runForward(settings) : runOrigin(settings));
