/** One link that passes through Toxiproxy. */
import {
  Toxic as ClientToxic,
  type ICreateToxicBody,
  type Proxy as ClientProxy,
} from "toxiproxy-node-client";
import { linkName } from "../../target/where.ts";
import type { LinkHandle, Toxic } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { Endpoint, Link } from "../../target/layout.ts";
import { attempt, ProxyRefusal, proxyFailed } from "./calls.ts";

type ToxicBody = ICreateToxicBody<Readonly<Record<string, number>>>;

let made = 0;

export class ProxiedLink implements LinkHandle {
  readonly link: Link;
  readonly entry: Endpoint;
  readonly exit: Endpoint;
  readonly #proxy: ClientProxy;

  constructor(link: Link, proxy: ClientProxy, entry: Endpoint, exit: Endpoint) {
    this.link = link;
    this.entry = entry;
    this.exit = exit;
    this.#proxy = proxy;
  }

  async impose(toxic: Toxic): Promise<() => Promise<void>> {
    const bodies = bodiesOf(toxic);
    const remove = async (): Promise<void> => {
      await Promise.all(bodies.map((body) => this.#remove(body)));
      const left = (await this.#toxics()).filter((one) =>
        bodies.some((body) => body.name === one.name),
      );
      if (left.length > 0)
        throw proxyFailed(`${left[0]?.name} is still on the link ${linkName(this.link)}`);
    };
    try {
      await Promise.all(bodies.map((body) => this.#add(body)));
    } catch (error) {
      // A toxic in only one direction is not the requested one.
      await remove().catch(() => undefined);
      throw error;
    }
    return remove;
  }

  /** Compares every reply with the request. */
  async #add(body: ToxicBody): Promise<void> {
    const made = await attempt(
      `put ${body.type} on the link ${linkName(this.link)}`,
      this.#proxy.addToxic(body),
    );
    const differs = (["name", "type", "stream", "toxicity"] as const).filter(
      (key) => made[key] !== body[key],
    );
    const off = Object.entries(body.attributes).filter(
      ([key, value]) => made.attributes[key] !== value,
    );
    if (differs.length > 0 || off.length > 0)
      throw proxyFailed(
        `${body.type} on the link ${linkName(this.link)} is not as asked: ` +
          `${[...differs, ...off.map(([key]) => key)].join(", ")}`,
      );
  }

  /** Removes toxics even if their addition had no answer. */
  async #remove(body: ToxicBody): Promise<void> {
    const toxic = new ClientToxic(this.#proxy.api, this.#proxy.getPath(), body);
    await attempt(
      `remove ${body.name} from the link ${linkName(this.link)}`,
      toxic.remove().catch((error: unknown) => {
        // Removed already: the list afterwards decides.
        if (!(error instanceof ProxyRefusal && error.status === 404)) throw error;
      }),
    );
  }

  /** The one call without the client's objects, because its proxies omit toxics. */
  async #toxics(): Promise<readonly ToxicBody[]> {
    const { data } = await attempt(
      `list what is on the link ${linkName(this.link)}`,
      this.#proxy.api.get<ToxicBody[]>(`${this.#proxy.getPath()}/toxics`),
    );
    return data;
  }

  async observe(what: Toxic | { readonly kind: "cut" }): Promise<Evidence> {
    const name = `${this.link.from} → ${this.link.to}:${this.link.port}`;
    const { enabled } = await attempt(
      `look at the link ${linkName(this.link)}`,
      this.#proxy.getToxiproxy().get(this.#proxy.name),
    );
    if (what.kind === "cut")
      return {
        landed: !enabled,
        observation: `the proxy ${enabled ? "carries" : "does not carry"} ${name}`,
      };
    const there = await this.#toxics();
    const missing = bodiesOf(what).filter((body) => !there.some((one) => isSame(one, body)));
    if (!enabled) return { landed: false, observation: `the proxy does not carry ${name}` };
    if (missing.length === 0)
      return { landed: true, observation: `${what.kind} is active in the proxy on ${name}` };
    return {
      landed: false,
      observation:
        `${missing.map(({ type, stream }) => `${type} ${stream}`).join(", ")} is not on ` +
        `${name} any more`,
    };
  }

  async cut(): Promise<void> {
    await this.#enable(false);
  }

  async restore(): Promise<void> {
    await this.#enable(true);
  }

  async #enable(enabled: boolean): Promise<void> {
    const { listen, upstream } = this.#proxy;
    const what = `${enabled ? "mend" : "cut"} the link ${linkName(this.link)}`;
    const now = await attempt(what, this.#proxy.update({ enabled, listen, upstream }));
    if (now.enabled !== enabled || now.listen !== listen || now.upstream !== upstream)
      throw proxyFailed(`it did not ${what}`);
  }
}

/** Equal except for the name. */
function isSame(there: ToxicBody, asked: ToxicBody): boolean {
  return (
    there.type === asked.type &&
    there.stream === asked.stream &&
    there.toxicity === asked.toxicity &&
    Object.entries(asked.attributes).every(([key, value]) => there.attributes[key] === value)
  );
}

/**
 * A unique name per toxic, so that two of a kind on one link do not remove each other; on every
 * connection.
 */
function bodiesOf(toxic: Toxic): ToxicBody[] {
  const body = (
    type: ToxicBody["type"],
    stream: ToxicBody["stream"],
    attributes: Readonly<Record<string, number>>,
  ): ToxicBody => ({ name: `${type}-${stream}-${++made}`, type, stream, toxicity: 1, attributes });
  switch (toxic.kind) {
    case "latency":
      return [
        body("latency", "downstream", {
          latency: Math.round(toxic.delayMs),
          jitter: Math.round(toxic.jitterMs),
        }),
      ];
    case "bandwidth": {
      const rate = toxic.bytesPerSecond / 1000;
      // Its unit is 1000 B/s, and a fraction would be refused with a message about JSON.
      if (!Number.isSafeInteger(rate) || rate < 1)
        throw proxyFailed(
          `a bandwidth of ${toxic.bytesPerSecond} B/s is no whole number of 1000 B/s`,
        );
      return [body("bandwidth", "upstream", { rate }), body("bandwidth", "downstream", { rate })];
    }
    case "reset":
      return [body("reset_peer", "upstream", { timeout: 0 })];
  }
}
