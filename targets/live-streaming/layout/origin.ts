/** The live origin: a publish stack and a read stack. */
import type { Launch, Place, Service } from "../../../harness/core/target.ts";
import type { ForwardConfiguration, OriginConfiguration } from "../origin/configuration.ts";
import { nodeProgram } from "../service/program.ts";
import { dvrWindowSegments, event, renditions } from "../stream/event.ts";
import { switches } from "./defences.ts";
import { httpClock, httpPing } from "./pings.ts";
import { mainOf, nodeOf, type Site, standing } from "./site.ts";

const originSeries = [
  "origin_requests_total", "origin_store_requests_total", "origin_store_slow_total", "origin_metadata_lookups_total",
  "origin_chunks_total", "origin_feed_connected", "origin_concurrency_limit", "origin_concurrency_in_flight",
] as const;

/** Origins start beside their store and wait for it themselves: their own start-up then costs no time. */
export function origin(site: Site, sites: readonly Site[], role: "publish" | "read"): Service {
  const ports = role === "publish" ? { http: 18081, control: 18082, feed: 18083 } : { http: 18080, control: 18084 };
  return {
    ...standing(site, `origin-${role}`, role === "publish" ? 13 : 14), ports, tools: ["node"], dependsOn: [],
    ready: { kind: "http", port: "http", path: "/health/ready" }, readyWithinMs: 90_000, drainMs: 5_000,
    telemetry: [{ kind: "prometheus", port: "http", path: "/metrics", series: originSeries }],
    pings: { http: httpPing, control: httpPing }, operations: { clock: httpClock },
    launch: (place): Launch => nodeProgram({
      ...nodeOf(place), main: mainOf("origin"), heapMb: 256,
      configuration: place.enabled("publishIsolation") ? work(place, site, sites, role) : role === "publish" ? forward(place, site) : work(place, site, sites, "shared"),
    }),
  };
}

function work(place: Place, site: Site, sites: readonly Site[], role: OriginConfiguration["role"]): OriginConfiguration {
  const others = sites.filter((each) => each !== site);
  return {
    role, region: site.region, event, renditions: renditions.map((each) => each.name),
    // Its own region's first: those chunks are in the memory next door, the other region's arrive by replication.
    pipelines: [site, ...others].map((each) => each.pipeline), ownPipelines: [site.pipeline], dvrWindowSegments,
    listen: place.listen("http"), control: place.listen("control"), controlToken: place.controlToken,
    feedListen: role === "publish" ? place.listen("feed") : null,
    // What a shared process publishes itself it knows without a feed.
    feeds: (role === "publish" ? [] : role === "shared" ? others : sites).map((each) => place.direct(`${each.name}/origin-publish`, "feed")),
    edgeTiers: role === "read" ? [] : [sites.map((each) => ({ name: `${each.name}/edge`, at: place.reach(`${each.name}/edge`, "http") }))],
    store: {
      contact: place.reach(`${site.name}/cassandra`, "cql"), local: place.direct(`${site.name}/cassandra`, "cql"),
      dataCentre: site.region, dataCentres: sites.map((each) => each.region),
      createsSchema: role !== "read" && site === sites[0],
    },
    memcached: place.reach(`${site.name}/memcached`, "memcached"),
    defences: switches(place, "candidateSelection", "negativeCache", "holdOpen", "metadataCache", "chunkCache", "priorityShedding",
      "notifications", "adaptiveConcurrency"),
  };
}

/** Without isolation: the same addresses as ever, and one process behind them. */
function forward(place: Place, site: Site): ForwardConfiguration {
  const shared = `${site.name}/origin-read`;
  return {
    role: "forward", region: site.region, listen: place.listen("http"), control: place.listen("control"), feedListen: place.listen("feed"),
    to: { http: place.direct(shared, "http"), control: place.direct(shared, "control") },
  };
}
