/**
 * Addresses on this machine: 127.REGION.ZONE.HOST, one address per service, ports shifted by the
 * run's slot.
 */
import {
  accessible,
  type Endpoint,
  type Layout,
  type Link,
  usersSide,
} from "../../target/layout.ts";
import { linkName } from "../../target/where.ts";

/**
 * Concurrent runs take one slot each; ports of slot n are n × 1000 higher. All are below the
 * kernel's ephemeral ports (32768…).
 */
export const slots = 8;
const slotShift = 1_000;
const proxyControlPort = 20_001;
const faultProxyControlPort = 20_002;
const proxyFirstPort = 20_100;
/** Of Toxiproxy, where the HTTP proxy takes its place at the entry of a link. */
const behindFirstPort = 20_600;

export interface Addresses {
  readonly slot: number;
  listen(service: string, port: string): Endpoint;
  /** The proxied end of a link, or null if the layout declares none. */
  link(from: string, to: string, port: string): Endpoint | null;
  readonly proxyControl: Endpoint;
  readonly faultProxyControl: Endpoint;
  readonly links: readonly {
    readonly link: Link;
    /** Where clients connect. */
    readonly entry: Endpoint;
    /** Where Toxiproxy listens: at the entry, or behind the HTTP proxy. */
    readonly listen: Endpoint;
    readonly upstream: Endpoint;
  }[];
  /** All endpoints that must be free before the start. */
  readonly all: readonly Endpoint[];
}

/** `answers`: links with an HTTP proxy before Toxiproxy, by name. */
export function addressesOf(
  layout: Layout,
  slot: number,
  answers: ReadonlySet<string> = new Set(),
): Addresses {
  const shift = slot * slotShift;
  const regions = unique(layout.services.map((service) => service.region));
  const zones = (region: string): string[] =>
    unique(
      layout.services.filter((service) => service.region === region).map((service) => service.zone),
    );
  const hosts = new Map(
    layout.services.map(({ name, region, zone, host }) => {
      const [second, third] = [regions.indexOf(region) + 1, zones(region).indexOf(zone) + 1];
      return [name, `127.${second}.${third}.${host}`];
    }),
  );
  const listen = (name: string, port: string): Endpoint => {
    const service = layout.services.find((one) => one.name === name);
    const number = service?.ports[port];
    const host = hosts.get(name);
    if (service === undefined || number === undefined || host === undefined)
      throw new Error(`the target names no port "${port}" of service "${name}"`);
    return accessible(service, port, service.at?.[port] ?? { host, port: number + shift });
  };
  /**
   * The proxied end has the address of the connecting service; 127.0.0.1 if that is not part of the
   * target.
   */
  const nearOf = (from: string): string =>
    from === usersSide || ofOthers(layout, from)
      ? "127.0.0.1"
      : (hosts.get(from) ?? listen(from, "").host);
  const links = layout.links.map((link, index) => {
    const entry = { host: nearOf(link.from), port: proxyFirstPort + shift + index };
    const behind = { host: "127.0.0.1", port: behindFirstPort + shift + index };
    return {
      link,
      entry,
      listen: answers.has(linkName(link)) ? behind : entry,
      upstream: listen(link.to, link.port),
    };
  });
  const byName = new Map(links.map(({ link, entry }) => [linkName(link), entry]));
  const proxyControl = { host: "127.0.0.1", port: proxyControlPort + shift };
  const faultProxyControl = { host: "127.0.0.1", port: faultProxyControlPort + shift };
  return {
    slot,
    listen,
    proxyControl,
    faultProxyControl,
    links,
    link: (from, to, port) => byName.get(linkName({ from, to, port })) ?? null,
    all: [
      proxyControl,
      ...(answers.size > 0 ? [faultProxyControl] : []),
      ...layout.services
        .filter((service) => service.at === undefined)
        .flatMap((service) => Object.keys(service.ports).map((port) => listen(service.name, port))),
      ...links.map(({ entry }) => entry),
      ...links.flatMap(({ entry, listen }) => (listen === entry ? [] : [listen])),
    ],
  };
}

function ofOthers(layout: Layout, name: string): boolean {
  return layout.services.some((service) => service.name === name && service.at !== undefined);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
