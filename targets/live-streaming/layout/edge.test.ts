import { expect, test } from "vitest";
import type { Place } from "../../../harness/target/layout.ts";
import { nginxEdgeShape } from "../edge-nginx/configuration.ts";
import { edge, fill, nginxEdge } from "./edge.ts";
import type { Site } from "./site.ts";

const sites: readonly Site[] = ["region-a-1", "region-a-2", "region-b-1", "region-b-2"].map(
  (name) => ({ name, region: name.slice(0, 8), zone: name, pipeline: name.slice(7, 8) }),
);
const [, second] = sites as [Site, Site];

/** Records the services that a service dials. */
function placeThatRemembers(reached: string[], without: readonly string[] = []): Place {
  const endpoint = { host: "127.0.0.1", port: 1 };
  return {
    directory: "/own",
    cacheDirectory: "/shared",
    controlToken: "token-of-the-run",
    seed: 1,
    listen: () => endpoint,
    direct: () => endpoint,
    enabled: (defence) => !without.includes(defence),
    reach: (service) => {
      reached.push(service);
      return endpoint;
    },
    tool: () => ({ executable: "/varnishd", directory: "/", env: {}, args: [], companions: {} }),
  };
}

test("prefers origins of its zone, then of its region, then of other regions", () => {
  const reached: string[] = [];
  fill(second, sites).launch(placeThatRemembers(reached));
  expect(reached).toEqual(
    ["region-a-2", "region-a-1", "region-b-1", "region-b-2"].map((site) => `${site}/origin-read`),
  );
});

test("uses only the top tier, unless that is switched off", () => {
  const vcl = (without: readonly string[]): string =>
    edge(second, sites, sites).launch(placeThatRemembers([], without)).files["vcl/settings.vcl"] ??
    "";
  expect(vcl([])).toContain("backend fill_live_region_b_2 ");
  expect(vcl([])).not.toContain("backend live_");
  expect(vcl(["fillTier"])).toContain("backend live_region_a_2 ");
  expect(vcl(["fillTier"])).not.toContain("backend fill_");
});

test("puts the weaker edge in the same place, on the same ports", () => {
  const {
    launch: _,
    telemetry: __,
    operations: _______,
    tools,
    ...weaker
  } = nginxEdge(second, sites);
  const {
    launch: ___,
    telemetry: ____,
    operations: ______,
    tools: _____,
    ...whole
  } = edge(second, sites);
  expect(weaker).toEqual(whole);
  expect(tools).toEqual(["nginx", "node"]);
  const files =
    nginxEdge(second, sites).launch(placeThatRemembers([])).files["configuration.json"] ?? "";
  expect(nginxEdgeShape.parse(JSON.parse(files)).settings.origins.map(({ site }) => site)[0]).toBe(
    "region-a-2",
  );
});
