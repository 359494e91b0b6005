/**
 * By what viewers are harmed: a segment that does not come in time, at the live edge before all
 * else.
 */
import type { Harm } from "../../../harness/target/harm.ts";

export const harm: Harm = {
  metric: "segment_ms",
  having: { outcome: "served" },
  classes: [
    { lane: "live", title: "Live segments" },
    { lane: "dvr", title: "DVR segments" },
  ],
  waitTitle: "Response times of live segments",
  eachTitle: "Live requests by response time",
};
