/**
 * All that testing a live stream takes, beyond the harness: any streaming target can bring it along.
 * It imports nothing of the target beside it.
 */
import type { Pack } from "../../../harness/target/pack.ts";
import { harm } from "./harm.ts";
import { metrics } from "./metrics.ts";
import { StreamProbes } from "./probes/stream-probes.ts";
import { reportsOf } from "./reports.ts";
import { tagValues } from "./tag-values.ts";
import { wishesOf } from "./wishes.ts";
import { trafficClasses } from "./traffic-classes.ts";

export const streaming: Pack = {
  name: "live-streaming",
  trafficClasses,
  harm,
  metrics,
  tagValues,
  askedAlike: { live: ["viewers", "sessions"], dvr: ["viewers"] },
  wishes: wishesOf,
  reports: reportsOf,
  probes: (context) => new StreamProbes(context),
};
