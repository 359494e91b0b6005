/** The table of faults. A kind without an injector does not compile. */
import type { Injectors } from "../core/ports.ts";
import { kill } from "./kill.ts";
import { latency } from "./latency.ts";
import { partition } from "./partition.ts";
import { pause } from "./pause.ts";

export const injectors: Injectors = { kill, pause, latency, partition };
