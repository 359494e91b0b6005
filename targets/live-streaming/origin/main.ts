/**
 * An origin: the publish stack or the read stack of one region, by its configuration. Each is a
 * process with store sessions of its own.
 */
import { readConfiguration } from "../service/configuration.ts";
import { configurationShape } from "./configuration.ts";
import { runForward } from "./forward.ts";
import { runOrigin } from "./origin.ts";

const settings = readConfiguration(configurationShape);
await (settings.role === "forward" ? runForward(settings) : runOrigin(settings));
