/** Where the load and the canary go in: an edge or a gateway itself, or the proxied end of the link that stands between viewers and it. */
import type { Deployment } from "./ports.ts";
import { type Endpoint, type Layout, viewers } from "./target.ts";

/** One for each edge of the layout, or each of `ways`, in their order. */
export function entriesOf(deployment: Pick<Deployment, "layout" | "instance" | "links">, ways: Layout["edges"] = deployment.layout.edges): Endpoint[] {
  return ways.map(({ service, port }) => {
    const linked = deployment.links.find(({ link }) => link.from === viewers && link.to === service && link.port === port);
    return linked?.entry ?? deployment.instance(service).endpoint(port);
  });
}

/** Every host on which a service of the target, or a link to one, takes connections. */
export function hostsOf({ instances, links }: Pick<Deployment, "instances" | "links">): string[] {
  const services = instances.flatMap((instance) => Object.keys(instance.service.ports).map((port) => instance.endpoint(port).host));
  return [...new Set([...services, ...links.map(({ entry }) => entry.host)])];
}
