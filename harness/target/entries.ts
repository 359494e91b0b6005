/**
 * Entry points of the load and the prober: the service itself, or the proxied end of the link in
 * front of it.
 */
import type { Deployment } from "./deployment.ts";
import { type Endpoint, hostOf, usersSide, type Way } from "./layout.ts";

export interface Entry extends Endpoint {
  /**
   * The real destination of a connection to it: the proxy in front of a service that Seawall does
   * not start. Name-based servers and certificates accept only the service's own address.
   */
  readonly via?: Endpoint;
}

type Running = Pick<Deployment, "layout" | "instance" | "links">;

/** One for each of `ways`, in their order. */
export function entriesOf(deployment: Running, ways?: readonly Way[]): Entry[] {
  return (ways ?? deployment.layout.entries).map(({ service, port }): Entry => {
    const linked = deployment.links.find(
      ({ link }) => link.from === usersSide && link.to === service && link.port === port,
    );
    const endpoint = deployment.instance(service).endpoint(port);
    if (linked === undefined) return endpoint;
    const described = deployment.layout.services.find(({ name }) => name === service);
    const isForeign = described?.at !== undefined || described?.container !== undefined;
    const { access } = endpoint;
    return isForeign
      ? { ...endpoint, via: linked.entry }
      : { ...linked.entry, ...(access === undefined ? {} : { access }) };
  });
}

/** The endpoint to which the harness itself connects. */
export function dialled({ via, ...endpoint }: Entry): Endpoint {
  if (via === undefined) return endpoint;
  const { access = {} } = endpoint;
  const { tls } = access;
  return {
    ...via,
    access: {
      ...access,
      hostHeader: access.hostHeader ?? hostOf(endpoint),
      ...(tls === undefined
        ? {}
        : { tls: { ...tls, serverName: tls.serverName ?? endpoint.host } }),
    },
  };
}

/** By the name that workloads use. */
export function otherEntriesOf(deployment: Running): Readonly<Record<string, readonly Entry[]>> {
  const { otherEntries = {} } = deployment.layout;
  return Object.fromEntries(
    Object.entries(otherEntries).map(([name, ways]) => [name, entriesOf(deployment, ways)]),
  );
}

/** Every host on which a service of the target, or a link to one, accepts connections. */
export function hostsOf({ instances, links }: Pick<Deployment, "instances" | "links">): string[] {
  const services = instances.flatMap((instance) =>
    Object.keys(instance.service.ports).map((port) => instance.endpoint(port).host),
  );
  return [...new Set([...services, ...links.map(({ entry }) => entry.host)])];
}
