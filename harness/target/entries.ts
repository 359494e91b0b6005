/**
 * Where the load and the prober go in: the service itself, or the proxied end of the link that
 * stands before it.
 */
import type { Deployment } from "./deployment.ts";
import { type Endpoint, hostOf, usersSide, type Way } from "./layout.ts";

export interface Entry extends Endpoint {
  /**
   * Where a connection to it really goes: the proxy that stands before what is not Seawall's own.
   * Servers that go by names, and certificates, know no other than the service's own address.
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
    const isForeign =
      deployment.layout.services.find(({ name }) => name === service)?.at !== undefined;
    const { access } = endpoint;
    return isForeign
      ? { ...endpoint, via: linked.entry }
      : { ...linked.entry, ...(access === undefined ? {} : { access }) };
  });
}

/** Where the harness itself connects to, and what it says there. */
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

/** By the name that workloads know. */
export function otherEntriesOf(deployment: Running): Readonly<Record<string, readonly Entry[]>> {
  const { otherEntries = {} } = deployment.layout;
  return Object.fromEntries(
    Object.entries(otherEntries).map(([name, ways]) => [name, entriesOf(deployment, ways)]),
  );
}

/** Every host on which a service of the target, or a link to one, takes connections. */
export function hostsOf({ instances, links }: Pick<Deployment, "instances" | "links">): string[] {
  const services = instances.flatMap((instance) =>
    Object.keys(instance.service.ports).map((port) => instance.endpoint(port).host),
  );
  return [...new Set([...services, ...links.map(({ entry }) => entry.host)])];
}
