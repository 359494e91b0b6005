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
