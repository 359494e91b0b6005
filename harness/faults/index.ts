/** The table of faults. A kind without an injector does not compile. */
import type { Injectors } from "../core/ports.ts";
import { kill } from "./kill.ts";

export const injectors: Injectors = { kill };
