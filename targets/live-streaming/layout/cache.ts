/** The chunk cache: one memcached. */
import type { Launch, Service } from "../../../harness/core/target.ts";
import { cacheProgram } from "../cache/launch.ts";
import { memcachedCache, memcachedPing } from "./pings.ts";
import { type Site, standing } from "./site.ts";

export function cache(site: Site): Service {
  return {
    ...standing(site, "memcached", 12), ports: { memcached: 11311 }, tools: ["memcached"], dependsOn: [],
    ready: { kind: "tcp", port: "memcached" }, readyWithinMs: 10_000, drainMs: 2_000, telemetry: [],
    pings: { memcached: memcachedPing }, operations: memcachedCache,
    launch: (place): Launch => cacheProgram({ memcached: place.tool("memcached"), listen: place.listen("memcached"), memoryMb: 128 }),
  };
}
