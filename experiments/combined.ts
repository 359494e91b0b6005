/**
 * Three faults in a row: the crowd arrives, a zone is lost, and the link between the remaining
 * zones becomes slow.
 */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveRecovers } from "./claims/live-recovers.ts";
import { everyPhase, liveServed } from "./claims/live-served.ts";
import { publications } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

const [left, right, lost] = ["region-a-1", "region-a-2", "region-a-3"] as const;
const kinds = [
  "cassandra",
  "memcached",
  "origin-publish",
  "origin-read",
  "fill",
  "edge",
  "gateway",
];

export default defineExperiment({
  name: "combined",
  title: "Combined: a storm, then a zone lost, then latency between the zones that are left",
  story:
    "Large outages rarely have a single cause: a second and a third fault follow the first. " +
    "At the peak of an event a zone fails. Its viewers move to the other two zones, and its " +
    "copies in the store are missing. The link between the remaining zones, which now carries " +
    "the traffic of three, becomes slow. Meanwhile the zone returns. It replays what " +
    "post-mortems of large outages have in common.",
  tier: "gorilla",
  target: liveStreaming,
  topology: "zones",
  phasesMs: { baseline: 14_000, fault: 52_000, recovery: 20_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "liveRoaming",
      lane: "live",
      ratePerSecond: { baseline: 30, fault: 150, recovery: 30 },
      vus: 800,
    },
    {
      name: "dvr",
      workload: "viewers",
      exec: "dvrRoaming",
      lane: "dvr",
      ratePerSecond: { baseline: 5, fault: 15, recovery: 5 },
      vus: 150,
    },
  ],
  hypothesis: [
    ...liveServed(300),
    ...publications({ "region-a": { samplesMin: 30 } }),
    ...shedOrder(),
    durable(),
    {
      // As in zone-loss, for any audience. In virtual time, 20 and more without collapsing.
      id: "origin-gets",
      title: "Origins are asked for each segment as if there were one viewer",
      metric: "origin_gets",
      where: { lane: "live" },
      statistic: "ratio",
      per: { metric: "publish_ms", where: { pipeline: "a", outcome: "acked" }, times: 1 },
      comparison: "<=",
      limit: 1.5,
      during: everyPhase,
      samplesMin: 12,
    },
  ],
  recovery: liveRecovers(8_000, "Live viewers get their segments as before the night"),
  method: [
    { atMs: 4_000, forMs: 18_000, fault: { kind: "zoneLoss", zone: lost } },
    {
      atMs: 10_000,
      forMs: 18_000,
      fault: {
        kind: "latency",
        links: { between: [{ zone: left }, { zone: right }] },
        delayMs: 120,
        jitterMs: 60,
      },
    },
  ],
  blastRadius: {
    services: [
      ...kinds.map((kind) => `${lost}/${kind}`),
      ...kinds.map((kind) => `${left}/${kind}`),
      ...kinds.map((kind) => `${right}/${kind}`),
    ],
    faultsAtOnceMax: 2,
  },
  abortWhen: [],
  reliesOn: { collapsing: ["origin-gets"] },
});
