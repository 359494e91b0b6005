/**
 * Addresses in a run's own network: 198.18.0.0/15, the benchmark range of RFC 2544, which no office
 * network uses. A run takes 16 of its 512 blocks of 256 addresses: the first for the harness, then
 * one per zone. A service keeps its port numbers, because its address is its own.
 */
import type { Endpoint, Layout, Link } from "../../target/layout.ts";
import { linkName } from "../../target/where.ts";

/**
 * Concurrent runs take one slot each; the last one of the range belongs to `docker-compose.yml`.
 */
export const runSlots = 16;
export const composeSlot = 31;

const blocksPerSlot = 16;
const prefixLength = 20;
const proxyControlPort = 20_001;
const proxyFirstPort = 20_100;

export interface Addresses {
  readonly subnet: string;
  readonly gateway: string;
  readonly prefixLength: number;
  /** The address of each zone's own interface; its services' addresses are added to it. */
  readonly zones: ReadonlyMap<string, string>;
  host(service: string): string;
  listen(service: string, port: string): Endpoint;
  /** The proxied end of a link, or null if the layout declares none. */
  link(from: string, to: string, port: string): Endpoint | null;
  readonly proxyControl: Endpoint;
  readonly links: readonly {
    readonly link: Link;
    readonly listen: Endpoint;
    readonly upstream: Endpoint;
  }[];
}

/** Throws if the layout has more zones than a slot has blocks. */
export function addressesOf(layout: Layout, slot: number): Addresses {
  const zoneNames = [...new Set(layout.services.map((service) => service.zone))];
  if (zoneNames.length >= blocksPerSlot)
    throw new Error(
      `a network of the docker substrate has room for ${blocksPerSlot - 1} zones, not ` +
        `${zoneNames.length}`,
    );
  const at = (block: number, host: number): string => {
    const third = slot * blocksPerSlot + block;
    return `198.${18 + Math.floor(third / 256)}.${third % 256}.${host}`;
  };
  const services = new Map(layout.services.map((service) => [service.name, service]));
  const host = (name: string): string => {
    const service = services.get(name);
    if (service === undefined) throw new Error(`the target has no service "${name}"`);
    return at(zoneNames.indexOf(service.zone) + 1, service.host);
  };
  const listen = (name: string, port: string): Endpoint => {
    const number = services.get(name)?.ports[port];
    if (number === undefined)
      throw new Error(`the target names no port "${port}" of service "${name}"`);
    return { host: host(name), port: number };
  };
  const proxy = at(0, 2);
  const links = layout.links.map((link, index) => ({
    link,
    listen: { host: proxy, port: proxyFirstPort + index },
    upstream: listen(link.to, link.port),
  }));
  const byName = new Map(links.map((entry) => [linkName(entry.link), entry.listen]));
  return {
    subnet: `${at(0, 0)}/${prefixLength}`,
    gateway: at(0, 1),
    prefixLength,
    host,
    listen,
    links,
    zones: new Map(zoneNames.map((zone, index) => [zone, at(index + 1, 1)])),
    proxyControl: { host: proxy, port: proxyControlPort },
    link: (from, to, port) => byName.get(linkName({ from, to, port })) ?? null,
  };
}

/** Whether two IPv4 networks, each `a.b.c.d/n`, share an address. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [one, other].map((cidr) => {
    const [address = "", length = "32"] = cidr.split("/");
    const bits = 2 ** (32 - Number(length));
    const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    return { from: Math.floor(number / bits) * bits, to: (Math.floor(number / bits) + 1) * bits };
  }) as [{ from: number; to: number }, { from: number; to: number }];
  return a.from < b.to && b.from < a.to;
}

/**
 * Routes of Linux (/proc/net/route: addresses in hexadecimal, last byte first) that are at least as
 * specific as a run's network.
 */
export function routesIn(table: string): { readonly name: string; readonly subnet: string }[] {
  return table
    .trim()
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [name = "", destination = "", , , , , , mask = ""] = line.split(/\s+/);
      const length = Number.parseInt(mask, 16).toString(2).replaceAll("0", "").length;
      const address = (destination.match(/../g) ?? [])
        .reverse()
        .map((byte) => Number.parseInt(byte, 16))
        .join(".");
      return length < prefixLength
        ? []
        : [{ name: `a route through the interface ${name}`, subnet: `${address}/${length}` }];
    });
}
