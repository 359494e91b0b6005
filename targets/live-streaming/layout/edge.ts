/**
 * The edge, in one tier or two. Each node is one Varnish. Viewers use an `edge`. In two tiers,
 * edges fill from `fill` nodes, and only these fill from the origins.
 */
import type { Launch, Place, Service } from "../../../harness/target/layout.ts";
import { drainSeconds, edgeProgram, flushProgram, workDirectoryName } from "../edge/launch.ts";
import { nginxProgram } from "../edge-nginx/launch.ts";
import type { EdgeSettings, Upstream } from "../edge/settings.ts";
import { holdGraceMs } from "../origin/decide.ts";
import { dvrWindowSegments, event, renditions } from "../stream/event.ts";
import { liveSegments, segmentMs } from "../stream/template.ts";
import { switches } from "./defences.ts";
import { httpPing } from "./pings.ts";
import { nearest, nodeOf, type Site, standing } from "./site.ts";

/** `fillSites` are the sites with a fill node. Empty: one tier. */
export function edge(site: Site, sites: readonly Site[], fillSites: readonly Site[] = []): Service {
  return {
    ...standing(site, "edge", 16),
    ports: { http: 18000, admin: 18001 },
    ...node,
    launch: (place) =>
      launch(place, site, {
        role: "edge",
        origins: origins(place, site, sites),
        fills: upstreams(place, fillSites, "fill"),
      }),
  };
}

/** A node of the top tier. It serves `http` like an edge, so a test may request it directly. */
export function fill(site: Site, sites: readonly Site[]): Service {
  return {
    ...standing(site, "fill", 19),
    ports: { http: 18010, admin: 18011 },
    ...node,
    launch: (place) =>
      launch(place, site, { role: "fill", origins: origins(place, site, sites), fills: [] }),
  };
}

/** The weaker variant in the same place; edge-nginx/conf.ts lists what it lacks. */
export function nginxEdge(site: Site, sites: readonly Site[]): Service {
  return {
    ...standing(site, "edge", 16),
    ports: { http: 18000, admin: 18001 },
    ...node,
    tools: ["nginx", "node"],
    operations: {},
    telemetry: [{ kind: "originGets", port: "admin", path: "/metrics" }],
    launch(place) {
      const { executable, args, env } = place.tool("nginx");
      return nginxProgram(nodeOf(place), {
        nginx: { executable, args: [...args], env: { ...env } },
        directory: place.directory,
        admin: place.listen("admin"),
        settings: {
          listen: place.listen("http"),
          region: site.region,
          origins: origins(place, site, sites),
          event,
          renditions: renditions.map((each) => each.name),
          // It does not know when a segment is due, so every origin request gets the longest hold
          // time.
          answerMsMax: segmentMs + holdGraceMs + 500,
          defences: switches(place, "collapsing", "shedCaching", "regionFailover"),
        },
      });
    },
  };
}

const manifestPath = `/live/${event}/manifest.mpd`;

const node = {
  tools: ["varnish"],
  memoryMb: 768,
  dependsOn: [],
  ready: { kind: "http", port: "http", path: "/health/ready" },
  readyWithinMs: 30_000,
  drainMs: (drainSeconds + 2) * 1_000,
  // Relative to the service's own folder.
  telemetry: [{ kind: "varnish", workDirectory: workDirectoryName }],
  pings: { http: httpPing },
  // Without `clock`: Varnish does not start under libfaketime.
  operations: {
    fill: { kind: "http", port: "http", method: "GET", path: manifestPath, reads: "x-cache" },
    look: { kind: "http", port: "http", method: "GET", path: manifestPath, reads: "x-cache" },
    flush: {
      kind: "command",
      command: (place) => flushProgram(place.tool("varnish"), place.directory),
    },
  },
} as const satisfies Partial<Service>;

function launch(
  place: Place,
  site: Site,
  tier: Pick<EdgeSettings, "role" | "origins" | "fills">,
): Launch {
  return edgeProgram({
    varnish: place.tool("varnish"),
    directory: place.directory,
    listen: place.listen("http"),
    admin: place.listen("admin"),
    settings: {
      ...tier,
      region: site.region,
      event,
      renditions: renditions.map((each) => each.name),
      segmentSeconds: segmentMs / 1000,
      liveSegments,
      dvrWindowSegments,
      holdGraceSeconds: holdGraceMs / 1000,
      retentionSeconds: 300,
      controlToken: place.controlToken,
      defences: switches(
        place,
        "collapsing",
        "msTtl",
        "rangeGate",
        "regionFailover",
        "shedCaching",
        "fillTier",
        "notifications",
      ),
    },
  });
}

function origins(place: Place, site: Site, sites: readonly Site[]): EdgeSettings["origins"] {
  const [own, ...others] = upstreams(place, nearest(site, sites), "origin-read");
  if (own === undefined) throw new Error("a site has itself as its first origin");
  return [own, ...others];
}

function upstreams(place: Place, sites: readonly Site[], kind: string): Upstream[] {
  return sites.map(({ name, region }) => ({
    site: name,
    region,
    endpoint: place.reach(`${name}/${kind}`, "http"),
  }));
}
