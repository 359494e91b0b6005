/**
 * Entry points of the load and the prober: the service itself, or the proxied end of the link in
 * front of it.
 */
import type { Deployment } from "./deployment.ts";
import { type Endpoint, usersSide, type Way } from "./layout.ts";

export interface Entry extends Endpoint {
  /**
   * The service's own host name, if a proxy with another address is in front of it: name-based
   * servers accept no other.
   */
  readonly hostHeader?: string;
}

/** One entry point per element of `ways`, in the same order. */
export function entriesOf(
  deployment: Pick<Deployment, "layout" | "instance" | "links">,
  ways: readonly Way[] = deployment.layout.entries,
): Entry[] {
  return ways.map(({ service, port }): Entry => {
    const linked = deployment.links.find(
      ({ link }) => link.from === usersSide && link.to === service && link.port === port,
    );
    const endpoint = deployment.instance(service).endpoint(port);
    if (linked === undefined) return endpoint;
    const isNamed =
      deployment.layout.services.find(({ name }) => name === service)?.at !== undefined;
    return isNamed ? { ...linked.entry, hostHeader: hostOf(endpoint) } : linked.entry;
  });
}

/** By the name that workloads use. */
export function otherEntriesOf(
  deployment: Pick<Deployment, "layout" | "instance" | "links">,
): Readonly<Record<string, readonly Entry[]>> {
  const { otherEntries = {} } = deployment.layout;
  return Object.fromEntries(
    Object.entries(otherEntries).map(([name, ways]) => [name, entriesOf(deployment, ways)]),
  );
}

/** The value of a Host header: without the default port of http. */
function hostOf({ host, port }: Endpoint): string {
  return port === 80 ? host : `${host}:${port}`;
}

/** Every host on which a service of the target, or a link to one, accepts connections. */
export function hostsOf({ instances, links }: Pick<Deployment, "instances" | "links">): string[] {
  const services = instances.flatMap((instance) =>
    Object.keys(instance.service.ports).map((port) => instance.endpoint(port).host),
  );
  return [...new Set([...services, ...links.map(({ entry }) => entry.host)])];
}
