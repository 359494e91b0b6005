/**
 * Toxiproxy, with what its client lacks: a time-out on every call, every reply checked against what was asked for, and errors that say
 * what to do. The links of a target pass through it.
 */
import { Toxiproxy } from "toxiproxy-node-client";
import { SeawallError } from "../../core/errors.ts";
import type { Endpoint } from "../../core/target.ts";

const callMs = 5_000;

export interface ProxiedLink {
  readonly name: string;
  readonly listen: Endpoint;
  readonly upstream: Endpoint;
}

export class LinkProxy {
  readonly #client: Toxiproxy;

  constructor(control: Endpoint) {
    this.#client = new Toxiproxy(`http://${control.host}:${control.port}`);
  }

  async version(): Promise<string> {
    return bounded("ask for its version", this.#client.getVersion());
  }

  /** Creates all links and checks that each stands as asked. */
  async create(links: readonly ProxiedLink[]): Promise<void> {
    const wanted = links.map((link) => ({ name: link.name, listen: text(link.listen), upstream: text(link.upstream), enabled: true }));
    const made = await bounded("create the links", this.#client.populate(wanted));
    for (const link of wanted) {
      const proxy = made[link.name];
      if (proxy === undefined || proxy.listen !== link.listen || proxy.upstream !== link.upstream || !proxy.enabled) {
        throw new SeawallError("PROXY_FAILED", `Toxiproxy did not make the link ${link.name} as asked`, { hint: "Look at logs/toxiproxy.log in the run directory." });
      }
    }
  }
}

function text(endpoint: Endpoint): string {
  return `${endpoint.host}:${endpoint.port}`;
}

async function bounded<T>(what: string, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${callMs / 1000} s`)), callMs);
  });
  try {
    return await Promise.race([call, late]);
  } catch (error) {
    throw new SeawallError("PROXY_FAILED", `Toxiproxy: could not ${what}: ${(error as Error).message}`, { cause: error, hint: "Look at logs/toxiproxy.log in the run directory." });
  } finally {
    clearTimeout(timer);
  }
}
