/**
 * Where the load and the prober go in: the service itself, or the proxied end of the link that
 * stands before it.
 */
import type { Deployment } from "./deployment.ts";
import { type Endpoint, usersSide, type Way } from "./layout.ts";

export interface Entry extends Endpoint {
  /**
   * What the service is called, where a proxy with another address stands before it: servers that
   * go by names know no other.
   */
  readonly hostHeader?: string;
}

/** One for each of `ways`, in their order. */
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

/** By the name that workloads know. */
export function otherEntriesOf(
  deployment: Pick<Deployment, "layout" | "instance" | "links">,
): Readonly<Record<string, readonly Entry[]>> {
  const { otherEntries = {} } = deployment.layout;
  return Object.fromEntries(
    Object.entries(otherEntries).map(([name, ways]) => [name, entriesOf(deployment, ways)]),
  );
}

/** As a client writes it: the port of http is left out. */
function hostOf({ host, port }: Endpoint): string {
  return port === 80 ? host : `${host}:${port}`;
}

/** Every host on which a service of the target, or a link to one, takes connections. */
export function hostsOf({ instances, links }: Pick<Deployment, "instances" | "links">): string[] {
  const services = instances.flatMap((instance) =>
    Object.keys(instance.service.ports).map((port) => instance.endpoint(port).host),
  );
  return [...new Set([...services, ...links.map(({ entry }) => entry.host)])];
}
