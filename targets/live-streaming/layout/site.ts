/** Where services stand: one site is a zone, or a whole region where a region has but one. */
import { resolve } from "node:path";
import type { Place, Service } from "../../../harness/core/target.ts";
import type { nodeProgram } from "../service/program.ts";

export interface Site {
  /** What its services are named after: `region-a/edge`. */
  readonly name: string;
  readonly region: string;
  readonly zone: string;
  /** The pipeline that publishes here. */
  readonly pipeline: string;
}

export function standing(site: Site, kind: string, host: number): Pick<Service, "name" | "kind" | "region" | "zone" | "host"> {
  return { name: `${site.name}/${kind}`, kind, region: site.region, zone: site.zone, host };
}

export function nodeOf(place: Place): Pick<Parameters<typeof nodeProgram>[0], "node" | "directory" | "cacheDirectory"> {
  return { node: place.tool("node"), directory: place.directory, cacheDirectory: place.cacheDirectory };
}

/** The entry file of one of the target's own services. */
export const mainOf = (service: string): string => resolve(import.meta.dirname, "..", service, "main.ts");
