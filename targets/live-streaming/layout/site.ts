/** Sites: each is a zone, or a whole region where the region has only one. */
import { extname, resolve } from "node:path";
import type { Place, Service } from "../../../harness/target/layout.ts";
import type { nodeProgram } from "../service/program.ts";

export interface Site {
  /**
   * The prefix of its services' names: `region-a/edge`, or `region-a-1/edge` if the region has
   * several zones.
   */
  readonly name: string;
  readonly region: string;
  readonly zone: string;
  /** The pipeline of this site's packager, or null. */
  readonly pipeline: string | null;
}

export type StoreKind = "cassandra" | "objectStore";

/** The parameters that distinguish topologies. */
export interface Shape {
  readonly sites: readonly Site[];
  readonly store: StoreKind;
  /** Sites with a node of the edges' top tier. Empty: edges fill from the origins. */
  readonly fillSites: readonly Site[];
  readonly edge: "varnish" | "nginx";
}

/**
 * `zones` sites in each region. A pipeline occupies one zone. A packager is not duplicated within
 * its region, because the other pipeline, in another zone or region, makes the same segments.
 */
export function sitesOf(
  regions: readonly string[],
  zones: number,
  packagers: Readonly<Record<string, string>>,
): Site[] {
  return regions.flatMap((region) =>
    Array.from({ length: zones }, (_, index) => {
      const zone = `${region}-${index + 1}`;
      return { name: zones === 1 ? region : zone, region, zone, pipeline: packagers[zone] ?? null };
    }),
  );
}

/** The sites of this one's region, itself first, because near services come first. */
export function regionOf(site: Site, sites: readonly Site[]): readonly Site[] {
  return [site, ...sites.filter((each) => each !== site && each.region === site.region)];
}

/** All sites: itself first, then its region's, then the others'. */
export function nearest(site: Site, sites: readonly Site[]): readonly Site[] {
  return [...regionOf(site, sites), ...sites.filter(({ region }) => region !== site.region)];
}

/** A site with a packager. */
export interface PublishingSite extends Site {
  readonly pipeline: string;
}

export function publishing(sites: readonly Site[]): readonly PublishingSite[] {
  return sites.filter((site): site is PublishingSite => site.pipeline !== null);
}

export function standing(
  site: Site,
  kind: string,
  host: number,
): Pick<Service, "name" | "kind" | "region" | "zone" | "host"> {
  return { name: `${site.name}/${kind}`, kind, region: site.region, zone: site.zone, host };
}

export function nodeOf(
  place: Place,
): Pick<Parameters<typeof nodeProgram>[0], "node" | "directory" | "cacheDirectory"> {
  return {
    node: place.tool("node"),
    directory: place.directory,
    cacheDirectory: place.cacheDirectory,
  };
}

/** The entry file of one of the target's own services. */
export const mainOf = (service: string): string =>
  resolve(import.meta.dirname, "..", service, `main${extname(import.meta.filename)}`);
