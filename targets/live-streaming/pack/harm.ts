/** Harm to viewers: a segment that does not arrive in time, above all at the live edge. */
import type { Harm } from "../../../harness/target/harm.ts";

export const harm: Harm = {
  metric: "segment_ms",
  having: { outcome: "served" },
  classes: [
    { lane: "live", title: "Live segments" },
    { lane: "dvr", title: "DVR segments" },
  ],
  refusal: {
    having: { outcome: "shed" },
    requests: { metric: "http_req_ms", where: { status: "503" } },
  },
  waitTitle: "Response times of live segments",
  eachTitle: "Live requests by response time",
};
