/** The live origin: a publish stack and a read stack. */
import type {
  Endpoint,
  Launch,
  Operation,
  Place,
  Service,
} from "../../../harness/target/layout.ts";
import type { ForwardConfiguration, OriginConfiguration } from "../origin/configuration.ts";
import { nodeProgram } from "../service/program.ts";
import { dvrWindowSegments, event, renditions } from "../stream/event.ts";
import { switches } from "./defences.ts";
import { httpClock, httpPing } from "./pings.ts";
import { cachesOf } from "./cache.ts";
import { mainOf, nodeOf, publishing, type Shape, type Site, standing } from "./site.ts";
import { lackedByObjectStore, storeSettings } from "./store.ts";

const originSeries = [
  "origin_requests_total",
  "origin_store_requests_total",
  "origin_store_slow_total",
  "origin_metadata_lookups_total",
  "origin_chunks_total",
  "origin_feed_connected",
  "origin_metadata_gaps",
  "origin_concurrency_limit",
  "origin_concurrency_in_flight",
  "origin_store_read_ms_bucket",
  "origin_store_write_ms_bucket",
] as const;

/**
 * What an operator may order at any publish origin. A mask is in force while the directives contain
 * its version; a notification stays.
 */
const orders = {
  mask: {
    kind: "http",
    port: "control",
    method: "POST",
    path: "/masks",
    body: '{"pipeline":"{pipeline}","renditions":["{rendition}"],"from":{from},"to":{to}}',
  },
  notify: {
    kind: "http",
    port: "control",
    method: "POST",
    path: "/notifications",
    body: '{"id":"{name}","from":{from},"payload":"{payload}"}',
  },
  unmask: { kind: "http", port: "control", method: "DELETE", path: "/masks/{id}" },
  directives: { kind: "http", port: "control", method: "GET", path: "/directives" },
} as const satisfies Readonly<Record<string, Operation>>;

/**
 * Origins start in parallel with their store and wait for it themselves, so that their start-up
 * adds no time.
 */
export function origin(site: Site, shape: Shape, role: "publish" | "read"): Service {
  const ports =
    role === "publish"
      ? { http: 18081, control: 18082, feed: 18083 }
      : { http: 18080, control: 18084 };
  return {
    ...standing(site, `origin-${role}`, role === "publish" ? 13 : 14),
    ports,
    tools: ["node"],
    dependsOn: [],
    ready: { kind: "http", port: "http", path: "/health/ready" },
    readyWithinMs: 150_000,
    drainMs: 5_000,
    telemetry: [{ kind: "prometheus", port: "http", path: "/metrics", series: originSeries }],
    pings: { http: httpPing, control: httpPing, ...(role === "publish" ? { feed: httpPing } : {}) },
    operations: { clock: httpClock, ...(role === "publish" ? orders : {}) },
    launch: (place): Launch =>
      nodeProgram({
        ...nodeOf(place),
        main: mainOf("origin"),
        heapMb: 256,
        configuration: place.enabled("publishIsolation")
          ? work(place, site, shape, role)
          : role === "publish"
            ? forward(place, site)
            : work(place, site, shape, "shared"),
      }),
  };
}

function work(
  place: Place,
  site: Site,
  shape: Shape,
  role: OriginConfiguration["role"],
): OriginConfiguration {
  const { sites, fillSites, store } = shape;
  const own = publishing(sites).filter(({ region }) => region === site.region);
  const tier = (kind: string, of: readonly Site[]): { name: string; at: Endpoint }[] =>
    of.map((each) => ({
      name: `${each.name}/${kind}`,
      at: place.reach(`${each.name}/${kind}`, "http"),
    }));
  const others = sites.filter((each) => each !== site);
  return {
    role,
    region: site.region,
    event,
    renditions: renditions.map((each) => each.name),
    // The own region's pipeline first: its chunks are in the local cache, the other region's arrive
    // by replication.
    pipelines: [...own, ...publishing(sites).filter((each) => !own.includes(each))].map(
      (each) => each.pipeline,
    ),
    ownPipelines: own.map((each) => each.pipeline),
    dvrWindowSegments,
    listen: place.listen("http"),
    control: place.listen("control"),
    controlToken: place.controlToken,
    feedListen: role === "publish" ? place.listen("feed") : null,
    // A shared process knows its own publications without a feed.
    feeds: (role === "publish" ? [] : role === "shared" ? others : sites).map((each) =>
      place.reach(`${each.name}/origin-publish`, "feed"),
    ),
    edgeTiers:
      role === "read" || !place.enabled("invalidation")
        ? []
        : [tier("fill", fillSites), tier("edge", sites)].filter(({ length }) => length > 0),
    store: storeSettings(store, site, sites, place, role !== "read" && site === sites[0]),
    memcached: cachesOf(store, site, sites, role).map((service) =>
      place.reach(service, "memcached"),
    ),
    defences: {
      ...switches(
        place,
        "candidateSelection",
        "negativeCache",
        "holdOpen",
        "metadataCache",
        "feedCatchUp",
        "chunkCache",
        "priorityShedding",
        "notifications",
        "adaptiveConcurrency",
      ),
      ...(store === "objectStore"
        ? Object.fromEntries(lackedByObjectStore.map((name) => [name, false]))
        : {}),
    },
  };
}

/** Without isolation: the same addresses, served by one process. */
function forward(place: Place, site: Site): ForwardConfiguration {
  const shared = `${site.name}/origin-read`;
  return {
    role: "forward",
    region: site.region,
    listen: place.listen("http"),
    control: place.listen("control"),
    feedListen: place.listen("feed"),
    to: { http: place.direct(shared, "http"), control: place.direct(shared, "control") },
  };
}
