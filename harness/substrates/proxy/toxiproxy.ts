/**
 * Toxiproxy, with every reply checked against the request. What it cannot do is not offered. It has
 * no blackhole, because a proxy always completes the handshake; pause a service instead. Its
 * `timeout` closes connections when it is removed. A disabled link refuses connections.
 */
import type { LinkHandle } from "../../target/deployment.ts";
import { addressText, type Endpoint, type Link } from "../../target/layout.ts";
import { linkName } from "../../target/where.ts";
import { attempt, boundedClient, callMsMax, proxyFailed } from "./calls.ts";
import { ProxiedLink } from "./link.ts";

export interface LinkPlace {
  readonly link: Link;
  /** The proxy's listening address, as the proxy sees it. */
  readonly listen: Endpoint;
  /** The address to which it connects, as the proxy sees it. */
  readonly upstream: Endpoint;
  /** The same two as the harness reaches them, if they differ. */
  readonly entry?: Endpoint;
  readonly exit?: Endpoint;
}

export class LinkProxy {
  readonly #client: ReturnType<typeof boundedClient>;

  constructor(control: Endpoint, timeoutMs: number = callMsMax) {
    this.#client = boundedClient(control, timeoutMs);
  }

  async version(): Promise<string> {
    return attempt("ask for its version", this.#client.getVersion());
  }

  /**
   * Creates all links and checks each against the request. Refuses a Toxiproxy with existing links:
   * it belongs to another run, or to a dead one whose toxics are still in place. `populate` would
   * replace only some of them.
   */
  async create(places: readonly LinkPlace[]): Promise<LinkHandle[]> {
    const there = Object.keys(await attempt("list its links", this.#client.getAll()));
    if (there.length > 0)
      throw proxyFailed(
        `it is not this run's own: it has ${there.length} links already (${there[0]})`,
      );
    const requested = places.map((place, index) => ({ place, name: proxyName(place.link, index) }));
    const made = await attempt(
      "create the links",
      this.#client.populate(
        requested.map(({ place, name }) => ({
          name,
          listen: addressText(place.listen),
          upstream: addressText(place.upstream),
          enabled: true,
        })),
      ),
    );
    return requested.map(({ place, name }) => {
      const proxy = made[name];
      if (
        proxy === undefined ||
        proxy.listen !== addressText(place.listen) ||
        proxy.upstream !== addressText(place.upstream) ||
        !proxy.enabled
      ) {
        throw proxyFailed(`it did not make the link ${linkName(place.link)} as asked`);
      }
      return new ProxiedLink(
        place.link,
        proxy,
        place.entry ?? place.listen,
        place.exit ?? place.upstream,
      );
    });
  }
}

/** Names become parts of URLs without escaping, so a slash would make one unreachable. */
export function proxyName(link: Link, index: number): string {
  return `${index}.${linkName(link).replaceAll(/[^A-Za-z0-9.-]/g, "_")}`;
}
