/** An operator tells all viewers something, just as an edge and an origin die: every edge says it on whatever it answers, to those far back as well. */
import { defineExperiment } from "../harness/experiment/experiment.ts";
import { liveStreaming } from "../targets/live-streaming/target.ts";
import { durable } from "./claims/durable.ts";
import { liveRecovers } from "./claims/live-recovers.ts";
import { everyPhase, liveServed } from "./claims/live-served.ts";
import { bothRegionsPublish } from "./claims/publications.ts";
import { shedOrder } from "./claims/shed-order.ts";

const operated = "region-a/origin-publish",
  [deadOrigin, deadEdge] = ["region-a/origin-read", "region-b/edge"] as const;
const told = { metric: "segment_ms", statistic: "share", having: { notified: "yes" } } as const;

/**
 * The act is the first thing in the phase, so the share that does not hear of it is a time: 20 % of 24 s are 4.8 s. An edge hears of it with the next
 * segment, up to 2 s later; the one that dies with the first that it fetches when it is back. Seen: 88.6 to 100 %.
 */
const soon = (edge: string, lane: string, who: string) =>
  ({
    ...told,
    title: `${who} at ${edge} are told within five seconds`,
    where: { lane, edge },
    comparison: ">=",
    limit: 0.8,
    during: ["fault"],
    samplesMin: 60,
  }) as const;

export default defineExperiment({
  name: "viewer-notice",
  title: "Viewer notice: an operator tells all viewers something while an edge and an origin die",
  story:
    "In the middle of an event all viewers must be told something: to move to another stream, that an advertisement begins, that what they see is late. There is no " +
    "line to each of them, so it travels with the segments: it is inserted at one, told with every later one too, and an edge puts the newest that it knows on " +
    "every answer, for whoever has gone back an hour as well. Such a word is said when something breaks: here the read origin of one region dies in that " +
    "moment, so that its edge hears of it from the other region, and so does the other edge, which missed the segment at which it was inserted.",
  tier: "monkey",
  target: liveStreaming,
  topology: "quick",
  phasesMs: { baseline: 12_000, fault: 24_000, recovery: 12_000 },
  load: [
    {
      name: "live",
      workload: "viewers",
      exec: "liveRoaming",
      lane: "live",
      ratePerSecond: { baseline: 40, fault: 40, recovery: 40 },
      vus: 300,
    },
    {
      name: "dvr",
      workload: "viewers",
      exec: "dvrRoaming",
      lane: "dvr",
      ratePerSecond: { baseline: 20, fault: 20, recovery: 20 },
      vus: 200,
    },
  ],
  hypothesis: [
    ...liveServed(300),
    {
      ...told,
      title: "Nobody is told before it is said",
      comparison: "<=",
      limit: 0,
      during: ["baseline"],
      samplesMin: 500,
    },
    ...["region-a/edge", deadEdge].flatMap((edge) => [
      soon(edge, "live", "Live viewers"),
      soon(edge, "dvr", "Viewers who went back"),
    ]),
    {
      ...told,
      title: "Afterwards everybody is told, whatever they ask for",
      where: { outcome: "served" },
      comparison: ">=",
      limit: 0.999,
      during: ["recovery"],
      samplesMin: 400,
    },
    {
      title: "Viewers of what is past are served",
      metric: "segment_ms",
      where: { lane: "dvr" },
      statistic: "share",
      having: { outcome: "served" },
      comparison: ">=",
      limit: 0.99,
      during: everyPhase,
      samplesMin: 150,
    },
    ...bothRegionsPublish({ samplesMin: 15 }),
    ...shedOrder(),
    durable(20),
  ],
  recovery: liveRecovers(4_000),
  method: [
    {
      atMs: 0,
      forMs: 1_000,
      fault: {
        kind: "operate",
        service: operated,
        operation: "notify",
        parameters: { name: "move", from: "{segment}", payload: "stream=2" },
        look: { operation: "directives", shows: '"id":"{answer.id}","version":{answer.version}' },
      },
    },
    { atMs: 0, forMs: 10_000, fault: { kind: "kill", service: deadOrigin } },
    { atMs: 0, forMs: 3_000, fault: { kind: "kill", service: deadEdge } },
  ],
  blastRadius: { services: [operated, deadOrigin, deadEdge], faultsAtOnceMax: 3 },
  abortWhen: [],
  reliesOn: {
    notifications: ["Viewers who went back at region-a/edge", "Afterwards everybody is told"],
  },
});
