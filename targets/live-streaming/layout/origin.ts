/** The live origin: a publish stack and a read stack. */
import type { Launch, Service } from "../../../harness/core/target.ts";
import type { OriginConfiguration } from "../origin/configuration.ts";
import { nodeProgram } from "../service/program.ts";
import { dvrWindowSegments, event, renditions } from "../stream/event.ts";
import { switches } from "./defences.ts";
import { httpPing } from "./pings.ts";
import { mainOf, nodeOf, type Site, standing } from "./site.ts";

const originSeries = [
  "origin_requests_total", "origin_store_requests_total", "origin_store_slow_total", "origin_metadata_lookups_total",
  "origin_chunks_total", "origin_feed_connected",
] as const;

/** Origins start beside their store and wait for it themselves: their own start-up then costs no time. */
export function origin(site: Site, sites: readonly Site[], role: "publish" | "read"): Service {
  const ports = role === "publish" ? { http: 18081, control: 18082, feed: 18083 } : { http: 18080, control: 18084 };
  return {
    ...standing(site, `origin-${role}`, role === "publish" ? 13 : 14), ports, tools: ["node"], dependsOn: [],
    ready: { kind: "http", port: "http", path: "/health/ready" }, readyWithinMs: 90_000, drainMs: 5_000,
    telemetry: [{ kind: "prometheus", port: "http", path: "/metrics", series: originSeries }],
    pings: { http: httpPing, control: httpPing },
    launch(place): Launch {
      const configuration: OriginConfiguration = {
        role, region: site.region, event, renditions: renditions.map((each) => each.name),
        // Its own region's first: those chunks are in the memory next door, the other region's arrive by replication.
        pipelines: [site, ...sites.filter((each) => each !== site)].map((each) => each.pipeline), ownPipelines: [site.pipeline], dvrWindowSegments,
        listen: place.listen("http"), control: place.listen("control"), controlToken: place.controlToken,
        feedListen: role === "publish" ? place.listen("feed") : null,
        feeds: role === "publish" ? [] : sites.map((each) => place.direct(`${each.name}/origin-publish`, "feed")),
        store: {
          contact: place.reach(`${site.name}/cassandra`, "cql"), local: place.direct(`${site.name}/cassandra`, "cql"),
          dataCentre: site.region, dataCentres: sites.map((each) => each.region),
          createsSchema: role === "publish" && site === sites[0],
        },
        memcached: place.reach(`${site.name}/memcached`, "memcached"),
        defences: switches(place, "candidateSelection", "negativeCache", "holdOpen", "metadataCache", "chunkCache",
          "priorityShedding"),
      };
      return nodeProgram({ ...nodeOf(place), main: mainOf("origin"), heapMb: 256, configuration });
    },
  };
}
