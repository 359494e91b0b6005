import { describe, expect, it } from "vitest";
import type { Layout, Place, Service } from "../../../harness/target/layout.ts";
import { replication } from "../store/schema.ts";
import { defences } from "./defences.ts";
import { sitesOf } from "./site.ts";
import { tokenOf } from "./store.ts";
import { liveStreaming } from "../target.ts";

const topologies = Object.entries(liveStreaming.topologies).map(([name, topology]) => ({
  name,
  topology,
  layout: topology.layout(),
}));

/** The services that each service dials at launch, which need a proxy in between. */
function reachedBy(layout: Layout): string[] {
  return layout.services.flatMap((service) => {
    const reached: string[] = [];
    const at = { host: "127.0.0.1", port: 1 };
    const place: Place = {
      directory: "/own",
      cacheDirectory: "/shared",
      controlToken: "token-of-the-run",
      seed: 1,
      enabled: () => true,
      listen: () => at,
      direct: () => at,
      reach: (to, port) => {
        reached.push(`${service.name}>${to}:${port}`);
        return at;
      },
      tool: () => ({ executable: "/tool", directory: "/", env: {}, args: [], companions: {} }),
    };
    service.launch?.(place);
    return reached;
  });
}

describe.each(topologies)("topology $name", ({ topology, layout }) => {
  it("declares every connection on a segment's path as a link, and no unused link", () => {
    // An operator's request to the edges is not a segment path.
    const reached = new Set(
      reachedBy(layout).filter((each) => !/origin-(publish|read)>.*\/(edge|fill):/.test(each)),
    );
    // An edge with a top tier uses origins only if the tier is switched off.
    const links = layout.links.map((link) => `${link.from}>${link.to}:${link.port}`);
    expect([...reached].filter((each) => !links.includes(each))).toEqual([]);
    expect(links.filter((each) => !reached.has(each))).toEqual([]);
    expect(new Set(links).size).toBe(links.length);
  });

  it("lacks only defences that exist", () => {
    for (const name of topology.lacks ?? [])
      expect(defences.map((defence) => defence.name)).toContain(name);
  });

  it("publishes both pipelines, from different zones", () => {
    expect(
      new Set(layout.services.filter(({ kind }) => kind === "packager").map(({ zone }) => zone))
        .size,
    ).toBe(2);
  });
});

describe.each(topologies.filter(({ name }) => name === "zones" || name === "reference"))(
  "topology $name, without any one zone",
  ({ layout }) => {
    const zones = [...new Set(layout.services.map(({ zone }) => zone))];
    it.each(zones)(
      "%s has everything in every region, a packager, and a majority of the copies",
      (lost) => {
        const left = layout.services.filter(({ zone }) => zone !== lost);
        for (const region of new Set(layout.services.map((service) => service.region))) {
          const count = (kind: string, among: readonly Service[] = left): number =>
            among.filter((service) => service.region === region && service.kind === kind).length;
          for (const kind of [
            "memcached",
            "origin-publish",
            "origin-read",
            "fill",
            "edge",
            "gateway",
          ])
            expect(count(kind), `${kind} in ${region}`).toBeGreaterThan(0);
          expect(count("cassandra")).toBeGreaterThan(count("cassandra", layout.services) / 2);
        }
        expect(left.some(({ kind }) => kind === "packager")).toBe(true);
        for (const { service } of layout.entries.filter((edge) =>
          left.some(({ name }) => name === edge.service),
        )) {
          const fills = layout.links.filter(
            (link) =>
              link.from === service &&
              link.to.endsWith("/fill") &&
              left.some(({ name }) => name === link.to),
          );
          expect(fills.length).toBeGreaterThan(1);
        }
      },
    );
  },
);

it("spreads each region's nodes evenly over its ring, and gives no token twice", () => {
  const sites = sitesOf(["region-a", "region-b"], 3, {});
  const tokens = sites.map((site) => BigInt(tokenOf(site, sites)));
  expect(new Set(tokens).size).toBe(6);
  for (const token of tokens) expect(token >= -(2n ** 63n) && token < 2n ** 63n).toBe(true);
  const [first, second, third] = tokens as [bigint, bigint, bigint];
  expect([Number(second - first) / 2 ** 64, Number(third - second) / 2 ** 64]).toEqual([
    expect.closeTo(1 / 3),
    expect.closeTo(1 / 3),
  ]);
});

it("keeps three copies per data centre, or as many as it has nodes", () => {
  expect(
    replication(
      [
        { name: "region-a", nodes: 1 },
        { name: "region-b", nodes: 3 },
        { name: "region-c", nodes: 5 },
      ],
      3,
    ),
  ).toBe("{'class': 'NetworkTopologyStrategy', 'region-a': 1, 'region-b': 3, 'region-c': 3}");
});
