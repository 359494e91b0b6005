/** The store: one Cassandra node. */
import type { Launch, Service } from "../../../harness/core/target.ts";
import { storeProgram } from "../store/launch.ts";
import { cqlPing } from "./pings.ts";
import { type Site, standing } from "./site.ts";

export function store(site: Site, sites: readonly Site[]): Service {
  return {
    ...standing(site, "cassandra", 11), ports: { cql: 19042, storage: 17000 }, tools: ["cassandra"], dependsOn: [],
    // Ended at once: what it acknowledged is in its commit log, and a drain would only write out what is thrown away.
    ready: { kind: "tcp", port: "cql" }, readyWithinMs: 90_000, drainMs: 0, telemetry: [], pings: { cql: cqlPing },
    launch(place): Launch {
      const cassandra = place.tool("cassandra");
      return storeProgram({
        java: cassandra.executable, env: cassandra.env, jars: cassandra.directory, directory: place.directory,
        storage: place.listen("storage"), cql: place.listen("cql"),
        seeds: sites.map((each) => place.direct(`${each.name}/cassandra`, "storage")),
        dataCentre: site.region, rack: site.zone, token: String(sites.indexOf(site)), heapMb: 512,
      });
    },
  };
}
