/** The two regions cannot reach each other for a while, and both continue. */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveRecovers } from "./claims/live-recovers.ts";
import { liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

const kinds = ["origin-read", "origin-publish", "edge", "gateway"];

export default defineExperiment({
  name: "region-partition",
  title: "Region partition: the link between the regions is cut and restored",
  story:
    "The line between two regions fails, as when a backbone fibre is cut. " +
    "No edge reaches the other region's origins, no gateway the other's edge, and origins " +
    "miss the other region's publications. " +
    "Each region has its own pipeline, so both keep serving. " +
    "When the line is back, every origin first receives all that it missed, before anything new. " +
    "Cassandra's own replication is not cut: no proxy stands between its nodes.",
  tier: "gorilla",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 14_000, fault: 26_000, recovery: 20_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 60, fault: 60, recovery: 60 },
      vus: 360,
    },
    {
      name: "dvr",
      workload: "viewers",
      exec: "dvr",
      lane: "dvr",
      ratePerSecond: { baseline: 8, fault: 8, recovery: 8 },
      vus: 80,
    },
  ],
  hypothesis: [
    ...liveServed(600),
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(),
    {
      // In 16 s, three renditions of eight segments are made. 27 were missing without catch-up, and
      // none with it.
      id: "origins-know-all",
      title: "Origins know every segment that either region published",
      metric: "origin_metadata_gaps",
      statistic: "max",
      comparison: "<=",
      limit: 0,
      during: ["baseline", "recovery"],
      samplesMin: 20,
    },
  ],
  recovery: liveRecovers(8_000, "Live viewers get their segments as before the cut"),
  // The last six seconds of the phase are for the feeds to reconnect: they try once a second.
  method: [
    {
      atMs: 4_000,
      forMs: 16_000,
      fault: {
        kind: "partition",
        links: { between: [{ region: "region-a" }, { region: "region-b" }] },
      },
    },
  ],
  blastRadius: {
    services: ["region-a", "region-b"].flatMap((region) =>
      kinds.map((kind) => `${region}/${kind}`),
    ),
    faultsAtOnceMax: 1,
  },
  abortWhen: [],
  reliesOn: { feedCatchUp: ["origins-know-all"] },
});
