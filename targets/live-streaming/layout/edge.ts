/** The edge: one Varnish, which viewers ask. */
import type { Launch, Service } from "../../../harness/core/target.ts";
import { edgeProgram, workDirectoryName } from "../edge/launch.ts";
import { holdGraceMs } from "../origin/decide.ts";
import { dvrWindowSegments, event, renditions } from "../stream/event.ts";
import { liveSegments, segmentMs } from "../stream/template.ts";
import { switches } from "./defences.ts";
import { type Site, standing } from "./site.ts";

export function edge(site: Site, sites: readonly Site[]): Service {
  return {
    ...standing(site, "edge", 16), ports: { http: 18000, admin: 18001 }, tools: ["varnish"], dependsOn: [],
    ready: { kind: "http", port: "http", path: "/health/ready" }, readyWithinMs: 30_000, drainMs: 3_000,
    // Relative to the service's own folder.
    telemetry: [{ kind: "varnish", workDirectory: workDirectoryName }],
    launch(place): Launch {
      const [own, ...others] = [site, ...sites.filter((each) => each !== site)].map((each) => ({
        region: each.region, endpoint: place.reach(`${each.name}/origin-read`, "http"),
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
