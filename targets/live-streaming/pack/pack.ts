/**
 * All that testing a live stream takes, beyond the harness: any streaming target can bring it along.
 * It imports nothing of the target beside it.
 */
import type { Pack } from "../../../harness/core/pack.ts";
import { metrics } from "./metrics.ts";
import { trafficClasses } from "./traffic-classes.ts";

export const streaming: Pack = { name: "live-streaming", trafficClasses, metrics };
