/**
 * The chunk cache: a memcached in each zone. A publication is written to all caches of the region,
 * and a reader uses only its own zone's. A lost zone thus takes no other zone's chunks with it. A
 * hash ring over all zones would lose a third of the keys.
 */
import type { Launch, Service } from "../../../harness/target/layout.ts";
import { cacheProgram } from "../cache/launch.ts";
import { memcachedCache, memcachedPing } from "./pings.ts";
import { regionOf, type Site, standing, type StoreKind } from "./site.ts";

export function cache(site: Site): Service {
  return {
    ...standing(site, "memcached", 12),
    ports: { memcached: 11311 },
    tools: ["memcached"],
    dependsOn: [],
    ready: { kind: "tcp", port: "memcached" },
    readyWithinMs: 10_000,
    drainMs: 2_000,
    telemetry: [],
    pings: { memcached: memcachedPing },
    operations: memcachedCache,
    launch: (place): Launch =>
      cacheProgram({
        memcached: place.tool("memcached"),
        listen: place.listen("memcached"),
        memoryMb: 128,
      }),
  };
}

/**
 * The caches that an origin uses, its own zone's first. The object-store baseline predates the
 * cache.
 */
export function cachesOf(
  storeKind: StoreKind,
  site: Site,
  sites: readonly Site[],
  role: "publish" | "read" | "shared",
): readonly string[] {
  if (storeKind === "objectStore") return [];
  return (role === "read" ? [site] : regionOf(site, sites)).map(({ name }) => `${name}/memcached`);
}
