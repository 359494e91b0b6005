/**
 * The reference target: its services and how they reach one another. `layout/` turns a {@link
 * Place} into each service's settings. A `launch.ts` beside each service says how it starts with
 * them, and knows no harness.
 */
import type { Link, PlayCheck } from "../../harness/target/layout.ts";
import type { StreamLayout } from "./pack/stream/stream-layout.ts";
import type { Stream } from "./pack/stream/stream.ts";
import type { Target } from "../../harness/target/target.ts";
import { cache, cachesOf } from "./layout/cache.ts";
import { defences } from "./layout/defences.ts";
import { edge, fill, nginxEdge } from "./layout/edge.ts";
import { gateway } from "./layout/gateway.ts";
import { inImage } from "./layout/in-image.ts";
import { origin } from "./layout/origin.ts";
import { packager } from "./layout/packager.ts";
import { nearest, publishing, regionOf, type Shape, type Site, sitesOf } from "./layout/site.ts";
import { cassandraNode, lackedByObjectStore, objectStore, storeOf } from "./layout/store.ts";
import { model } from "./model/model.ts";
import { readBackOf } from "./layout/read-back.ts";
import { streaming } from "./pack/pack.ts";
import { rhythmOfStream } from "./pack/rhythm-of-stream.ts";
import { backfillSegments, event, renditions } from "./stream/event.ts";
import { availabilityStartMs, segmentInProduction, segmentMs } from "./stream/template.ts";

const bothRegions = ["region-a", "region-b"];
const quickSites = sitesOf(bothRegions, 1, { "region-a-1": "a", "region-b-1": "b" });
const quick: Shape = { sites: quickSites, store: "cassandra", fillSites: [], edge: "varnish" };
/** In one region, the two pipelines are in different zones. */
const zonesSites = sitesOf(["region-a"], 3, { "region-a-1": "a", "region-a-2": "b" });
const referenceSites = sitesOf(bothRegions, 3, { "region-a-1": "a", "region-b-1": "b" });

const stream: Stream = {
  manifestPath: `/live/${event}/manifest.mpd`,
  event,
  segmentMs,
  availabilityStartMs,
  dvrSegments: backfillSegments,
  segmentPath: "/live/{event}/{rendition}/{number}.m4s",
  digestHeader: "X-Segment-Sha256",
  renditions: renditions.map(({ name, kind, bitsPerSecond }) => ({
    name,
    kind,
    bitsPerSecond,
  })),
};

function layout(shape: Shape): StreamLayout {
  const { sites } = shape;
  const edges = sites.map((site) => ({ service: `${site.name}/edge`, port: "http" }));
  return {
    // In the order of their dependencies.
    services: [
      ...(shape.store === "cassandra"
        ? [...sites.map((site) => cassandraNode(site, sites)), ...sites.map(cache)]
        : objectStore(sites)),
      ...sites.map((site) => origin(site, shape, "publish")),
      ...sites.map((site) => origin(site, shape, "read")),
      ...publishing(sites).map((site) => packager(site, sites)),
      ...shape.fillSites.map((site) => fill(site, sites)),
      ...sites.map((site) =>
        shape.edge === "nginx" ? nginxEdge(site, sites) : edge(site, sites, shape.fillSites),
      ),
      ...sites.map((site) => gateway(site, sites)),
    ],
    links: linksOf(shape),
    entries: edges,
    otherEntries: {
      gateways: sites.map((site) => ({ service: `${site.name}/gateway`, port: "http" })),
    },
    readBack: readBackOf(sites),
    playable: (nowMs) =>
      edges.flatMap((edge) =>
        playChecks(sites, nowMs).map((path) => ({ ...edge, path }) satisfies PlayCheck),
      ),
    inImage,
    rhythm: rhythmOfStream(stream),
    content: stream,
  };
}

/**
 * Connections that faults can slow down and cut. Cassandra's own replication is not among them: its
 * nodes know one another by one address each, so no proxy fits between just two of them.
 */
function linksOf({ sites, store, fillSites }: Shape): Link[] {
  const fromTo = (from: string, to: readonly string[], port: string): Link[] =>
    to.map((each) => ({ from, to: each, port }));
  const originLinks = (site: Site, role: "publish" | "read"): Link[] => {
    const from = `${site.name}/origin-${role}`;
    return [
      ...storeOf(store, site, sites).map(({ service, port }) => ({ from, to: service, port })),
      ...fromTo(from, cachesOf(store, site, sites, role), "memcached"),
    ];
  };
  const originsOf = (site: Site): string[] =>
    nearest(site, sites).map(({ name }) => `${name}/origin-read`);
  return [
    ...fillSites.flatMap((site) => fromTo(`${site.name}/fill`, originsOf(site), "http")),
    ...sites.flatMap((site) => [
      ...fromTo(
        `${site.name}/edge`,
        [...originsOf(site), ...fillSites.map(({ name }) => `${name}/fill`)],
        "http",
      ),
      ...originLinks(site, "publish"),
      ...originLinks(site, "read"),
      ...fromTo(
        `${site.name}/origin-read`,
        sites.map(({ name }) => `${name}/origin-publish`),
        "feed",
        // Publications travel without viewers, too.
      ).map((link) => ({ ...link, ownWork: true })),
      ...fromTo(
        `${site.name}/gateway`,
        sites.map(({ name }) => `${name}/edge`),
        "http",
      ),
    ]),
    ...publishing(sites).flatMap((site) =>
      fromTo(
        `${site.name}/packager`,
        regionOf(site, sites).map(({ name }) => `${name}/origin-publish`),
        "http",
      ),
    ),
  ];
}

/**
 * The newest segment that must exist, from each pipeline separately (`/check/PIPELINE/…`) and as
 * viewers request it.
 */
function playChecks(sites: readonly Site[], nowMs: number): string[] {
  const number = segmentInProduction(nowMs) - 2;
  return [
    `/live/${event}/manifest.mpd`,
    ...renditions.flatMap(({ name }) => [
      `/live/${event}/${name}/init.mp4`,
      `/live/${event}/${name}/${number}.m4s`,
      ...publishing(sites).map((site) => `/check/${site.pipeline}/${event}/${name}/${number}.m4s`),
    ]),
  ];
}

export const liveStreaming: Target = {
  name: "live-streaming",
  pack: streaming,
  defences: [...defences],
  model,
  topologies: {
    quick: {
      title: "Two regions of one zone each, everything once per region",
      lacks: ["fillTier", "replication"],
      layout: () => layout(quick),
    },
    zones: {
      title:
        "One region of three zones: three copies of all that is stored, and no zone that " +
        "could not be lost",
      lacks: ["regionFailover"],
      upMs: 35_000,
      layout: () => layout({ ...quick, sites: zonesSites, fillSites: zonesSites }),
    },
    reference: {
      title: "Two regions of three zones each",
      upMs: 80_000,
      layout: () => layout({ ...quick, sites: referenceSites, fillSites: referenceSites }),
    },
    "quick-object-store": {
      title: "As quick, on the object store that the origin replaced",
      lacks: ["fillTier", "replication", ...lackedByObjectStore],
      layout: () => layout({ ...quick, store: "objectStore" }),
    },
    "quick-nginx": {
      title: "As quick, with nginx for edges",
      lacks: ["fillTier", "replication", "msTtl", "rangeGate", "notifications"],
      layout: () => layout({ ...quick, edge: "nginx" }),
    },
  },
};
