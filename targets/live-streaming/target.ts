/**
 * The reference target: services, where they stand, how they reach one another, and their defences. Here a {@link Place} is turned into
 * the settings of each service; how a service starts with them is said beside it, in a `launch.ts` that knows nothing of any harness.
 */
import { resolve } from "node:path";
import type { Launch, Layout, Place, PlayCheck, Service, Target } from "../../harness/core/target.ts";
import { cacheProgram } from "./cache/launch.ts";
import { edgeProgram, workDirectoryName } from "./edge/launch.ts";
import { holdGraceMs } from "./origin/decide.ts";
import type { OriginConfiguration } from "./origin/configuration.ts";
import type { PackagerConfiguration } from "./packager/configuration.ts";
import { nodeProgram } from "./service/program.ts";
import { storeProgram } from "./store/launch.ts";
import { backfillSegments, dvrWindowSegments, event, renditions } from "./stream/event.ts";
import { availabilityStartMs, liveSegments, segmentInProduction, segmentMs } from "./stream/template.ts";

/** A region's one zone, and the pipeline that publishes there. */
interface Site {
  readonly region: string;
  readonly zone: string;
  readonly pipeline: string;
}

const quickSites: readonly Site[] = [
  { region: "region-a", zone: "region-a-1", pipeline: "a" },
  { region: "region-b", zone: "region-b-1", pipeline: "b" },
];

const defences = [
  { name: "epochLocking", title: "Two pipelines cut the same frames into the same segments without a word between them" },
  { name: "candidateSelection", title: "A defective or unreadable segment of one pipeline is replaced by the other's" },
  { name: "negativeCache", title: "Answers that a segment is not there carry a lifetime, so that the edge need not ask again" },
  { name: "holdOpen", title: "A request for the very next segment waits at the origin and is answered as it is published" },
  { name: "metadataCache", title: "Which segments exist is known in the origin's memory, not asked of the store" },
  { name: "chunkCache", title: "Segments are read from memory (memcached) before the store" },
  { name: "priorityShedding", title: "When the store is slow, DVR is refused before live, and writes never" },
  { name: "shedCaching", title: "The edge keeps a refusal for 5 s instead of repeating the request" },
  { name: "collapsing", title: "Viewers who ask an edge for the same segment at once share one origin request" },
  { name: "msTtl", title: "The edge keeps answers for milliseconds exactly, so a segment is seen the moment it exists" },
  { name: "rangeGate", title: "The edge refuses segment numbers that cannot exist without asking the origin" },
  { name: "regionFailover", title: "A request that one region fails is answered by the other" },
] as const;

type DefenceName = (typeof defences)[number]["name"];

/** Every switch of one service at once, so that a misspelt name does not compile. */
function switches<N extends DefenceName>(place: Place, ...names: readonly N[]): Record<N, boolean> {
  return Object.fromEntries(names.map((name) => [name, place.enabled(name)])) as Record<N, boolean>;
}

const mainOf = (service: string): string => resolve(import.meta.dirname, service, "main.ts");

function store(site: Site, sites: readonly Site[]): Service {
  return {
    ...standing(site, "cassandra", 11), ports: { cql: 19042, storage: 17000 }, tools: ["cassandra"], dependsOn: [],
    // Ended at once: what it acknowledged is in its commit log, and a drain would only write out what is thrown away.
    ready: { kind: "tcp", port: "cql" }, readyWithinMs: 90_000, drainMs: 0, telemetry: [],
    launch(place): Launch {
      const cassandra = place.tool("cassandra");
      return storeProgram({
        java: cassandra.executable, env: cassandra.env, jars: cassandra.directory, directory: place.directory,
        storage: place.listen("storage"), cql: place.listen("cql"),
        seeds: sites.map((each) => place.direct(`${each.region}/cassandra`, "storage")),
        dataCentre: site.region, rack: site.zone, token: String(sites.indexOf(site)), heapMb: 512,
      });
    },
  };
}

function cache(site: Site): Service {
  return {
    ...standing(site, "memcached", 12), ports: { memcached: 11311 }, tools: ["memcached"], dependsOn: [],
    ready: { kind: "tcp", port: "memcached" }, readyWithinMs: 10_000, drainMs: 2_000, telemetry: [],
    launch: (place): Launch => cacheProgram({ memcached: place.tool("memcached"), listen: place.listen("memcached"), memoryMb: 128 }),
  };
}

/** Origins start beside their store and wait for it themselves: their own start-up then costs no time. */
function origin(site: Site, sites: readonly Site[], role: "publish" | "read"): Service {
  const ports = role === "publish" ? { http: 18081, control: 18082, feed: 18083 } : { http: 18080, control: 18084 };
  return {
    ...standing(site, `origin-${role}`, role === "publish" ? 13 : 14), ports, tools: ["node"], dependsOn: [],
    ready: { kind: "http", port: "http", path: "/health/ready" }, readyWithinMs: 90_000, drainMs: 5_000,
    telemetry: [{ kind: "prometheus", port: "http", path: "/metrics", series: originSeries }],
    launch(place): Launch {
      const configuration: OriginConfiguration = {
        role, region: site.region, event, renditions: renditions.map((each) => each.name),
        // Its own region's first: those chunks are in the memory next door, the other region's arrive by replication.
        pipelines: [site, ...sites.filter((each) => each !== site)].map((each) => each.pipeline), ownPipelines: [site.pipeline], dvrWindowSegments,
        listen: place.listen("http"), control: place.listen("control"), controlToken: place.controlToken,
        feedListen: role === "publish" ? place.listen("feed") : null,
        feeds: role === "publish" ? [] : sites.map((each) => place.direct(`${each.region}/origin-publish`, "feed")),
        store: {
          contact: place.reach(`${site.region}/cassandra`, "cql"), local: place.direct(`${site.region}/cassandra`, "cql"),
          dataCentre: site.region, dataCentres: sites.map((each) => each.region),
          createsSchema: role === "publish" && site === sites[0],
        },
        memcached: place.reach(`${site.region}/memcached`, "memcached"),
        defences: switches(place, "candidateSelection", "negativeCache", "holdOpen", "metadataCache", "chunkCache",
          "priorityShedding"),
      };
      return nodeProgram({ ...nodeOf(place), main: mainOf("origin"), heapMb: 256, configuration });
    },
  };
}

function packager(site: Site): Service {
  return {
    ...standing(site, "packager", 15), ports: { http: 18085, control: 18086 }, tools: ["node", "ffmpeg"], dependsOn: [],
    ready: { kind: "http", port: "http", path: "/health/ready" }, readyWithinMs: 120_000, drainMs: 5_000,
    telemetry: [{ kind: "journal", port: "http", path: "/journal" }],
    launch(place): Launch {
      const ffmpeg = place.tool("ffmpeg");
      const configuration: PackagerConfiguration = {
        pipeline: site.pipeline, event, renditions: [...renditions], backfillSegments,
        listen: place.listen("http"), control: place.listen("control"), controlToken: place.controlToken,
        publishTo: place.reach(`${site.region}/origin-publish`, "http"),
        ffmpeg: { executable: ffmpeg.executable, args: [...ffmpeg.args], env: { ...ffmpeg.env } },
        cacheDirectory: place.cacheDirectory, seed: place.seed, defences: switches(place, "epochLocking"),
      };
      return nodeProgram({ ...nodeOf(place), main: mainOf("packager"), heapMb: 192, configuration });
    },
  };
}

function edge(site: Site, sites: readonly Site[]): Service {
  return {
    ...standing(site, "edge", 16), ports: { http: 18000, admin: 18001 }, tools: ["varnish"], dependsOn: [],
    ready: { kind: "http", port: "http", path: "/health/ready" }, readyWithinMs: 30_000, drainMs: 3_000,
    // Relative to the service's own folder.
    telemetry: [{ kind: "varnish", workDirectory: workDirectoryName }],
    launch(place): Launch {
      const [own, ...others] = [site, ...sites.filter((each) => each !== site)].map((each) => ({
        region: each.region, endpoint: place.reach(`${each.region}/origin-read`, "http"),
      }));
      if (own === undefined) throw new Error("a site has itself as its first origin");
      return edgeProgram({
        varnish: place.tool("varnish"), directory: place.directory, listen: place.listen("http"), admin: place.listen("admin"),
        settings: {
          origins: [own, ...others], event, renditions: renditions.map((each) => each.name), segmentSeconds: segmentMs / 1000,
          liveSegments, dvrWindowSegments, holdGraceSeconds: holdGraceMs / 1000,
          defences: switches(place, "collapsing", "msTtl", "rangeGate", "regionFailover", "shedCaching"),
        },
      });
    },
  };
}

function standing(site: Site, kind: string, host: number): Pick<Service, "name" | "kind" | "region" | "zone" | "host"> {
  return { name: `${site.region}/${kind}`, kind, region: site.region, zone: site.zone, host };
}

function nodeOf(place: Place): Pick<Parameters<typeof nodeProgram>[0], "node" | "directory" | "cacheDirectory"> {
  return { node: place.tool("node"), directory: place.directory, cacheDirectory: place.cacheDirectory };
}

const originSeries = [
  "origin_requests_total", "origin_store_requests_total", "origin_store_slow_total", "origin_metadata_lookups_total",
  "origin_chunks_total", "origin_feed_connected",
] as const;

function layout(sites: readonly Site[]): Layout {
  const edges = sites.map((site) => ({ service: `${site.region}/edge`, port: "http" }));
  return {
    // In the order of who waits for whom.
    services: [
      ...sites.map((site) => store(site, sites)),
      ...sites.map(cache),
      ...sites.map((site) => origin(site, sites, "publish")),
      ...sites.map((site) => origin(site, sites, "read")),
      ...sites.map(packager),
      ...sites.map((site) => edge(site, sites)),
    ],
    links: sites.flatMap((site) => [
      ...sites.map((other) => ({ from: `${site.region}/edge`, to: `${other.region}/origin-read`, port: "http" })),
      ...["publish", "read"].flatMap((role) => [
        { from: `${site.region}/origin-${role}`, to: `${site.region}/cassandra`, port: "cql" },
        { from: `${site.region}/origin-${role}`, to: `${site.region}/memcached`, port: "memcached" },
      ]),
      { from: `${site.region}/packager`, to: `${site.region}/origin-publish`, port: "http" },
    ]),
    edges,
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
  topologies: {
    quick: { title: "Two regions of one zone each, everything once per region", layout: () => layout(quickSites) },
  },
};
