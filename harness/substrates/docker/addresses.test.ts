import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { liveStreaming } from "../../../targets/live-streaming/target.ts";
import { addressesOf, composeSlot, overlap, routesIn, runSlots } from "./addresses.ts";

const layouts = Object.values(liveStreaming.topologies).map((topology) => topology.layout());

describe("the network of a run", () => {
  it("gives every port its own address, in the run's subnet and in 198.18.0.0/15", () => {
    for (const layout of layouts) {
      for (const slot of [0, 7, runSlots - 1, composeSlot]) {
        const addresses = addressesOf(layout, slot);
        expect(overlap(addresses.subnet, "198.18.0.0/15")).toBe(true);
        const hosts = [
          addresses.gateway,
          addresses.proxyControl.host,
          ...addresses.zones.values(),
          ...layout.services.map((service) => addresses.host(service.name)),
        ];
        expect(new Set(hosts).size).toBe(hosts.length);
        for (const host of hosts) expect(overlap(`${host}/32`, addresses.subnet), host).toBe(true);
        const entries = addresses.links.map(({ listen }) => `${listen.host}:${listen.port}`);
        expect(new Set(entries).size).toBe(layout.links.length);
      }
    }
  });

  it("shares nothing with another slot", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: composeSlot }),
        fc.integer({ min: 0, max: composeSlot }),
        (one, other) => {
          const [layout] = layouts;
          if (layout === undefined) return;
          expect(overlap(addressesOf(layout, one).subnet, addressesOf(layout, other).subnet)).toBe(
            one === other,
          );
        },
      ),
    );
  });

  it("refuses a layout with more zones than blocks", () => {
    const [layout] = layouts;
    if (layout === undefined) return;
    const [service] = layout.services;
    const services = Array.from({ length: 16 }, (_, index) => ({
      ...(service as (typeof layout.services)[number]),
      name: `s${index}`,
      zone: `zone-${index}`,
    }));
    expect(() => addressesOf({ ...layout, services, links: [] }, 0)).toThrow(
      "has room for 15 zones, not 16",
    );
  });
});

describe("a machine's routes", () => {
  it("count if they are at least as specific as a run's network, up or down", () => {
    const columns = "Iface Destination Gateway  Flags RefCnt Use Metric Mask  MTU Window IRTT";
    const table = `${columns.replaceAll(" ", "\t")}
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
tun0\t00000080\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0
br-2d41\t000012C6\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0
`;
    expect(routesIn(table)).toEqual([
      { name: "a route through the interface br-2d41", subnet: "198.18.0.0/20" },
    ]);
    expect(routesIn("")).toEqual([]);
  });
});

describe("overlap", () => {
  it.each([
    ["198.18.0.0/20", "198.18.15.255/32", true],
    ["198.18.0.0/20", "198.18.16.0/20", false],
    ["0.0.0.0/0", "198.18.0.0/20", true],
    ["172.17.0.1/16", "198.18.0.0/20", false],
    ["198.18.3.7/24", "198.18.0.0/20", true],
  ])("of %s and %s is %s", (one, other, shared) => {
    expect(overlap(one, other)).toBe(shared);
    expect(overlap(other, one)).toBe(shared);
  });
});
