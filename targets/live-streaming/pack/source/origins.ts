/**
 * Where the hosts that a stream names can be reached. An entry keeps its way in, through the proxy
 * of a link, its headers and its session. Another host must be allowed, and gets none of them.
 */
import type { Entry } from "../../../../harness/target/entries.ts";
import { dialled } from "../../../../harness/target/entries.ts";
import { type Endpoint, urlOf } from "../../../../harness/target/layout.ts";

export interface Destination {
  readonly endpoint: Endpoint;
  /** With its query. */
  readonly path: string;
}

export class Origins {
  readonly #known = new Map<string, Endpoint>();
  readonly #isAllowed: (host: string) => boolean;

  constructor(entries: readonly Entry[], isAllowed: (host: string) => boolean) {
    this.#isAllowed = isAllowed;
    for (const entry of entries) {
      // Addresses of a stream are whole, so nothing comes before their paths.
      const { basePath = "", session, ...rest } = entry.access ?? {};
      const access = {
        ...rest,
        ...(session === undefined
          ? {}
          : { session: { ...session, path: `${basePath}${session.path}` } }),
      };
      const endpoint = dialled({ ...entry, access });
      const { protocol, origin } = new URL(urlOf(entry));
      this.#known.set(origin, endpoint);
      const { hostHeader } = access;
      if (hostHeader !== undefined && URL.canParse(`${protocol}//${hostHeader}`))
        this.#known.set(new URL(`${protocol}//${hostHeader}`).origin, endpoint);
    }
  }

  /** Null if no traffic may go there. */
  destinationOf(url: string): Destination | null {
    if (!URL.canParse(url)) return null;
    const { protocol, origin, hostname, port, pathname, search } = new URL(url);
    const path = pathname + search;
    const endpoint = this.#known.get(origin);
    if (endpoint !== undefined) return { endpoint, path };
    const isTls = protocol === "https:";
    const host = hostname.replaceAll(/[[\]]/g, "");
    if ((!isTls && protocol !== "http:") || !this.#isAllowed(host)) return null;
    return {
      endpoint: {
        host,
        port: Number(port || (isTls ? 443 : 80)),
        ...(isTls ? { access: { tls: {} } } : {}),
      },
      path,
    };
  }
}
