import { describe, expect, it } from "vitest";
import { liveStreaming } from "../../../targets/live-streaming/target.ts";
import { heldPlan } from "../../../test/support/judge/held-run.ts";
import type { Layout, Service } from "../../target/layout.ts";
import { addressesOf, slots } from "./addresses.ts";

/** Features of the largest topologies only: several zones, many links. */
function wide(regions: number, zones: number): Layout {
  const service = (
    region: number,
    zone: number,
    kind: string,
    host: number,
    ports: Readonly<Record<string, number>>,
  ): Service => ({
    name: `r${region}/z${zone}/${kind}`,
    kind,
    region: `r${region}`,
    zone: `r${region}-${zone}`,
    host,
    ports,
    tools: [],
    dependsOn: [],
    ready: { kind: "tcp", port: "http" },
    readyWithinMs: 1,
    drainMs: 1,
    telemetry: [],
    launch: () => ({ command: "", args: [], env: {}, files: {} }),
  });
  const services = Array.from({ length: regions }, (_, region) =>
    Array.from({ length: zones }, (__, zone) => [
      service(region, zone, "edge", 16, { http: 18_000, admin: 18_001 }),
      service(region, zone, "origin", 14, { http: 18_080, control: 18_084 }),
      service(region, zone, "store", 11, { cql: 19_042, storage: 17_000 }),
    ]),
  ).flat(2);
  const edges = services.filter((one) => one.kind === "edge");
  const links = edges.flatMap((edge) =>
    services
      .filter((one) => one.kind === "origin")
      .map((origin) => ({ from: edge.name, to: origin.name, port: "http" })),
  );
  return { services, links, entries: [], playable: () => [], content: heldPlan().content };
}

const layouts: Readonly<Record<string, Layout>> = {
  ...Object.fromEntries(
    Object.entries(liveStreaming.topologies).map(([name, topology]) => [name, topology.layout()]),
  ),
  "three regions of three zones": wide(3, 3),
};
const text = ({ host, port }: { readonly host: string; readonly port: number }): string =>
  `${host}:${port}`;

describe.each(Object.entries(layouts))("addresses of %s", (_name, layout) => {
  it("are unique, across all slots", () => {
    const all = Array.from({ length: slots }, (_, slot) => addressesOf(layout, slot).all)
      .flat()
      .map(text);
    expect(new Set(all).size).toBe(all.length);
  });

  it("are loopback, above the system's ports and below the ephemeral ones", () => {
    const isMeant = ({ host, port }: { readonly host: string; readonly port: number }): boolean =>
      /^127\.\d+\.\d+\.\d+$/.test(host) &&
      host.split(".").every((octet) => Number(octet) < 256) &&
      port > 1_024 &&
      port < 32_768;
    const all = Array.from({ length: slots }, (_, slot) => addressesOf(layout, slot).all).flat();
    expect(all.filter((one) => !isMeant(one))).toEqual([]);
  });

  it("give each zone its own network, and each service its own address", () => {
    const addresses = addressesOf(layout, 0);
    const hostOf = (service: Service): string =>
      addresses.listen(service.name, Object.keys(service.ports)[0] ?? "").host;
    const networks = new Map(
      layout.services.map((service) => [
        hostOf(service).split(".").slice(0, 3).join("."),
        service.zone,
      ]),
    );
    expect(networks.size).toBe(new Set(layout.services.map((service) => service.zone)).size);
    expect(new Set(layout.services.map(hostOf)).size).toBe(layout.services.length);
  });

  it("lead every link from its own service to its destination, and nothing else", () => {
    const addresses = addressesOf(layout, 1);
    expect(addresses.links).toHaveLength(layout.links.length);
    for (const { link, listen, upstream } of addresses.links) {
      expect(addresses.link(link.from, link.to, link.port)).toEqual(listen);
      expect(upstream).toEqual(addresses.listen(link.to, link.port));
      expect(addresses.link(link.to, link.from, link.port)).toBeNull();
    }
    expect(() => addresses.listen(layout.services[0]?.name ?? "", "nope")).toThrow(
      /no port "nope"/,
    );
    expect(() => addresses.listen("nobody", "http")).toThrow(/"nobody"/);
  });
});
