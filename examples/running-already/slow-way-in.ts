/**
 * An experiment on a running system that Seawall does not own. EDGE gives its address, for instance
 *
 *   EDGE=http://127.0.0.1:8080 ./seawall run ./examples/running-already/slow-way-in.ts
 *
 * Nothing there is started, stopped or changed: a proxy on this machine delays the way in. An edge
 * on another machine also needs --allow-host NAME.
 *
 * EDGE_HOST is the Host header, where an edge serves several sites. EDGE_LOGIN is the path at which
 * each viewer gets a token, where it asks for one:
 *
 *   EDGE=http://[::1]:8080/cdn EDGE_HOST=live.example EDGE_LOGIN=/login ./seawall run …
 */
import { defineExperiment, type Phase } from "seawall";
import { streamTarget } from "seawall/streaming";

const everyPhase: readonly Phase[] = ["baseline", "fault", "recovery"];

const { EDGE = "http://127.0.0.1:8080", EDGE_HOST, EDGE_LOGIN } = process.env;

const target = streamTarget({
  name: "running-already",
  services: [
    {
      name: "edge",
      url: EDGE,
      ...(EDGE_HOST === undefined ? {} : { host: EDGE_HOST }),
      ...(EDGE_LOGIN === undefined
        ? {}
        : {
            session: {
              path: EDGE_LOGIN,
              token: "token",
              header: "Authorization",
              as: "Bearer {token}",
            },
          }),
    },
  ],
  links: [["users", "edge"]],
  entries: ["edge"],
  stream: {
    event: "main",
    segmentMs: 2_000,
    availabilityStartMs: 0,
    dvrSegments: 20,
    segmentPath: "/live/{event}/{rendition}/{number}.m4s",
    renditions: [
      { name: "v360", kind: "video", bitsPerSecond: 500_000 },
      { name: "audio", kind: "audio", bitsPerSecond: 96_000 },
    ],
  },
});

export default defineExperiment({
  name: "slow-way-in",
  title: "The way in gets slow",
  story:
    "For some seconds, traffic between viewers and the edge takes 150 ms longer. Players " +
    "have seconds of buffer, so viewers notice nothing.",
  tier: "storm",
  target,
  topology: "own",
  phasesMs: { baseline: 8_000, fault: 8_000, recovery: 12_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "live",
      lane: "live",
      ratePerSecond: { baseline: 20, fault: 20, recovery: 20 },
      vus: 200,
    },
  ],
  hypothesis: [
    {
      id: "live-served",
      title: "Live segments reach their viewers in time",
      metric: "segment_ms",
      where: { lane: "live" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.999,
      during: everyPhase,
      samplesMin: 100,
    },
  ],
  recovery: {
    id: "live-recovers",
    title: "Live viewers get their segments as before",
    goodput: { metric: "segment_ms", where: { lane: "live" } },
    having: { outcome: "served" },
    shareMin: 0.999,
    ofBaselineMin: 0.8,
    withinMs: 4_000,
    windowMs: 4_000,
  },
  method: [
    {
      atMs: 2_000,
      forMs: 5_000,
      fault: {
        kind: "latency",
        links: { from: { service: "users" }, to: { service: "edge" } },
        delayMs: 150,
        jitterMs: 0,
      },
    },
  ],
  blastRadius: { services: ["edge"], faultsAtOnceMax: 1 },
  abortWhen: [],
  reliesOn: [],
});
