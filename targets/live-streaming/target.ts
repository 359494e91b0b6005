/**
 * The reference target: which services stand where, and how they reach one another. In `layout/` a {@link Place} is turned into the
 * settings of each service; how a service starts with them is said beside it, in a `launch.ts` that knows nothing of any harness.
 */
import type { Layout, PlayCheck, Target } from "../../harness/core/target.ts";
import { cache } from "./layout/cache.ts";
import { defences } from "./layout/defences.ts";
import { edge } from "./layout/edge.ts";
import { gateway } from "./layout/gateway.ts";
import { origin } from "./layout/origin.ts";
import { packager } from "./layout/packager.ts";
import type { Site } from "./layout/site.ts";
import { store } from "./layout/store.ts";
import { model } from "./model/model.ts";
import { readBackOf } from "./layout/read-back.ts";
import { backfillSegments, event, renditions } from "./stream/event.ts";
import { availabilityStartMs, segmentInProduction, segmentMs } from "./stream/template.ts";

const quickSites: readonly Site[] = [
  { name: "region-a", region: "region-a", zone: "region-a-1", pipeline: "a" },
  { name: "region-b", region: "region-b", zone: "region-b-1", pipeline: "b" },
];

function layout(sites: readonly Site[]): Layout {
  const edges = sites.map((site) => ({ service: `${site.name}/edge`, port: "http" }));
  return {
    // In the order of who waits for whom.
    services: [
      ...sites.map((site) => store(site, sites)),
      ...sites.map(cache),
      ...sites.map((site) => origin(site, sites, "publish")),
      ...sites.map((site) => origin(site, sites, "read")),
      ...sites.map(packager),
      ...sites.map((site) => edge(site, sites)),
      ...sites.map((site) => gateway(site, sites)),
    ],
    links: sites.flatMap((site) => [
      ...sites.map((other) => ({ from: `${site.name}/edge`, to: `${other.name}/origin-read`, port: "http" })),
      ...["publish", "read"].flatMap((role) => [
        { from: `${site.name}/origin-${role}`, to: `${site.name}/cassandra`, port: "cql" },
        { from: `${site.name}/origin-${role}`, to: `${site.name}/memcached`, port: "memcached" },
      ]),
      ...sites.map((other) => ({ from: `${site.name}/gateway`, to: `${other.name}/edge`, port: "http" })),
      { from: `${site.name}/packager`, to: `${site.name}/origin-publish`, port: "http" },
    ]),
    edges,
    readBack: readBackOf(sites),
    playable: (nowMs) => edges.flatMap((edge) => playChecks(sites, nowMs).map((path) => ({ ...edge, path }) satisfies PlayCheck)),
    stream: {
      event, segmentMs, availabilityStartMs, dvrSegments: backfillSegments, segmentPath: "/live/{event}/{rendition}/{number}.m4s",
      renditions: renditions.map(({ name, kind, bitsPerSecond }) => ({ name, kind, bitsPerSecond })),
    },
  };
}

/** The newest segment that must be there, from each pipeline by itself (`/check/PIPELINE/…`) and as viewers ask for it. */
function playChecks(sites: readonly Site[], nowMs: number): string[] {
  const number = segmentInProduction(nowMs) - 2;
  return [
    `/live/${event}/manifest.mpd`,
    ...renditions.flatMap(({ name }) => [
      `/live/${event}/${name}/init.mp4`,
      `/live/${event}/${name}/${number}.m4s`,
      ...sites.map((site) => `/check/${site.pipeline}/${event}/${name}/${number}.m4s`),
    ]),
  ];
}

export const liveStreaming: Target = {
  name: "live-streaming",
  defences: [...defences],
  model,
  topologies: {
    quick: { title: "Two regions of one zone each, everything once per region", layout: () => layout(quickSites) },
  },
};
