/** The store: a Cassandra node in each zone, or the one object store that it replaced. */
import type { Launch, Place, Service } from "../../../harness/target/layout.ts";
import type { StoreSettings } from "../store/settings.ts";
import { storeProgram } from "../store/launch.ts";
import { nodeProgram } from "../service/program.ts";
import { objectStoreModel } from "../object-store/model.ts";
import type { ObjectStoreConfiguration } from "../object-store/configuration.ts";
import { cqlPing, httpPing } from "./pings.ts";
import { mainOf, nodeOf, regionOf, type Site, standing, type StoreKind } from "./site.ts";

/**
 * The baseline had no cache before its bucket. With a store that is slow for every request, DVR
 * would always be refused.
 */
export const lackedByObjectStore = ["chunkCache", "priorityShedding"] as const;

/** Copies per region, limited by its number of nodes. The loss of a zone thus leaves a majority. */
const copiesMax = 3;

/**
 * Several nodes share the machine, and each holds minutes of media. A smaller heap for each keeps
 * all in memory.
 */
const heapMb = (nodes: number): number => (nodes > 2 ? 384 : 512);

export function cassandraNode(site: Site, sites: readonly Site[]): Service {
  return {
    ...standing(site, "cassandra", 11),
    ports: { cql: 19042, storage: 17000 },
    tools: ["cassandra"],
    memoryMb: 1_536,
    dependsOn: [],
    // Killed at once: acknowledged data is in the commit log, and a drain would only write what is
    // then discarded.
    ready: { kind: "tcp", port: "cql" },
    readyWithinMs: 150_000,
    drainMs: 0,
    telemetry: [],
    pings: { cql: cqlPing },
    launch(place): Launch {
      const cassandra = place.tool("cassandra");
      return storeProgram({
        java: cassandra.executable,
        env: cassandra.env,
        jars: cassandra.directory,
        directory: place.directory,
        storage: place.listen("storage"),
        cql: place.listen("cql"),
        seeds: sites.map((each) => place.direct(`${each.name}/cassandra`, "storage")),
        dataCentre: site.region,
        rack: site.zone,
        token: tokenOf(site, sites),
        heapMb: heapMb(sites.length),
      });
    },
  };
}

/**
 * Spread evenly around the region's ring, so that with one copy each node would own the same share.
 * Regions differ, because a token exists only once in a cluster.
 */
export function tokenOf(site: Site, sites: readonly Site[]): string {
  const own = sites.filter(({ region }) => region === site.region);
  const step = 2n ** 64n / BigInt(own.length);
  return String(
    -(2n ** 63n) + step * BigInt(own.indexOf(site)) + step / 2n + BigInt(sites.indexOf(site)),
  );
}

/** One bucket for all regions, as in the baseline. It is in the first site. */
export function objectStore(sites: readonly Site[]): Service[] {
  return sites.slice(0, 1).map((site) => ({
    ...standing(site, "object-store", 11),
    ports: { http: 19080 },
    tools: ["node"],
    dependsOn: [],
    ready: { kind: "http", port: "http", path: "/health/ready" },
    readyWithinMs: 30_000,
    drainMs: 5_000,
    telemetry: [
      {
        kind: "prometheus",
        port: "http",
        path: "/metrics",
        series: ["object_store_requests_total"],
      },
    ],
    pings: { http: httpPing },
    launch(place): Launch {
      const configuration: ObjectStoreConfiguration = {
        ...objectStoreModel,
        listen: place.listen("http"),
        directory: `${place.directory}/objects`,
        seed: place.seed,
      };
      return nodeProgram({
        ...nodeOf(place),
        main: mainOf("object-store"),
        heapMb: 256,
        configuration,
      });
    },
  }));
}

/**
 * The store endpoints that a site's clients dial, in `links` and in the origins' configuration
 * alike.
 */
export function storeOf(
  kind: StoreKind,
  site: Site,
  sites: readonly Site[],
): readonly { readonly service: string; readonly port: string }[] {
  if (kind === "objectStore")
    return sites.slice(0, 1).map(({ name }) => ({ service: `${name}/object-store`, port: "http" }));
  return regionOf(site, sites).map(({ name }) => ({ service: `${name}/cassandra`, port: "cql" }));
}

export function storeSettings(
  kind: StoreKind,
  site: Site,
  sites: readonly Site[],
  place: Place,
  createsSchema: boolean,
): StoreSettings {
  const dialled = storeOf(kind, site, sites).map(({ service, port }) => ({
    contact: place.reach(service, port),
    local: place.direct(service, port),
  }));
  if (kind === "objectStore") {
    const [bucket] = dialled;
    if (bucket === undefined) throw new Error("an object store needs a site to stand in");
    return { kind, endpoint: bucket.contact };
  }
  const regions = [...new Set(sites.map(({ region }) => region))];
  return {
    kind,
    nodes: dialled,
    dataCentre: site.region,
    createsSchema,
    dataCentres: regions.map((name) => ({
      name,
      nodes: sites.filter(({ region }) => region === name).length,
    })),
    copiesMax: place.enabled("replication") ? copiesMax : 1,
  };
}
