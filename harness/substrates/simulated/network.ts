/**
 * How requests travel: over a link that may be delayed, cut or reset, to a node that may refuse,
 * stay silent, or die meanwhile.
 */
import type { ModelListening, ModelRequest, Wish } from "../../target/model.ts";
import type { BadAnswer } from "../../target/bad-answer.ts";
import { SeawallError } from "../../base/errors.ts";
import type { Toxic } from "../../target/deployment.ts";
import type { Evidence } from "../../target/evidence.ts";
import type { Endpoint, Link } from "../../target/layout.ts";
import type { Delay, VirtualLink, VirtualRule } from "../../target/fault.ts";
import type { SimulatedNode } from "./node.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export class SimulatedLink implements VirtualLink {
  readonly link: Link;
  readonly delays = new Set<Delay>();
  readonly open = new Set<() => void>();
  readonly rules = new Set<VirtualRule>();
  readonly #toxics: Set<object>;
  /** The number of requests over it, including refused ones. */
  asked = 0;
  isCut = false;

  /**
   * `toxics`: the proxy's set of active toxics. This link is in it while it is cut, a delay while
   * it is in force.
   */
  constructor(link: Link, toxics: Set<object>) {
    this.link = link;
    this.#toxics = toxics;
  }

  slow(delay: Delay): void {
    this.delays.add(delay);
    this.#toxics.add(delay);
  }

  unslow(delay: Delay): void {
    this.delays.delete(delay);
    this.#toxics.delete(delay);
  }

  get entry(): Endpoint {
    return nowhere(this.link);
  }
  get exit(): Endpoint {
    return nowhere(this.link);
  }

  async impose(toxic: Toxic): Promise<() => Promise<void>> {
    if (toxic.kind !== "latency")
      throw new SeawallError("PLAN_REFUSED", `a simulated link knows no ${toxic.kind}`);
    const own: Delay = { delayMs: toxic.delayMs, jitterMs: toxic.jitterMs };
    this.slow(own);
    return async () => this.unslow(own);
  }

  async observe(what: Toxic | { readonly kind: "cut" }): Promise<Evidence> {
    if (what.kind === "cut")
      return {
        landed: this.isCut,
        observation: this.isCut ? "the link is cut" : "the link is whole",
      };
    const same = (delay: Delay): boolean =>
      what.kind === "latency" && delay.delayMs === what.delayMs && delay.jitterMs === what.jitterMs;
    const landed = [...this.delays].some(same);
    return {
      landed,
      observation: landed
        ? `${what.kind} is active on the link`
        : `${what.kind} is not on the link any more`,
    };
  }

  async cut(): Promise<void> {
    this.isCut = true;
    this.#toxics.add(this);
    this.reset();
  }

  async restore(): Promise<void> {
    this.isCut = false;
    this.#toxics.delete(this);
  }

  /**
   * Breaks off existing connections, as a disabled proxy does; new ones are refused while it is
   * cut.
   */
  reset(): void {
    for (const breakOff of [...this.open]) breakOff();
    this.open.clear();
  }
}

interface NetworkOptions {
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly hopMs: { readonly within: number; readonly between: number };
  readonly links: readonly SimulatedLink[];
}

/** The two ends, as nodes of this substrate. */
export interface Between<From = SimulatedNode | null> {
  readonly from: From;
  readonly to: SimulatedNode;
}

export class Network {
  /** Disconnected zones. Messages to and from them are lost, and their requests time out. */
  readonly cutOff = new Set<string>();
  readonly #options: NetworkOptions;
  /** By the name of the node that they start at. */
  readonly #links: ReadonlyMap<string, readonly SimulatedLink[]>;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#links = Map.groupBy(options.links, ({ link }) => link.from);
  }

  #linkOf(from: SimulatedNode, to: SimulatedNode, port: string): SimulatedLink | undefined {
    return this.#links
      .get(from.name)
      ?.find(({ link }) => link.to === to.name && link.port === port);
  }

  #lost(from: SimulatedNode | null, to: SimulatedNode): boolean {
    return (
      this.cutOff.size > 0 &&
      from?.zone !== to.zone &&
      (this.cutOff.has(to.zone) || (from !== null && this.cutOff.has(from.zone)))
    );
  }

  request<T>(request: ModelRequest<T> & Between): void {
    const { from, to, port, timeoutMs, serve, done } = request;
    const { clock } = this.#options;
    const link = from === null ? undefined : this.#linkOf(from, to, port);
    let over = false;
    let given: T | null = null;
    const tell = from === null ? () => done(given) : from.inThisLife(() => done(given));
    const end = (answer: T | null): void => {
      if (over) return;
      over = true;
      forget();
      to.open.delete(breakOff);
      link?.open.delete(breakOff);
      given = answer;
      tell();
    };
    const breakOff = (): void => end(null);
    const forget = clock.deadline(timeoutMs, breakOff);
    if (link !== undefined) link.asked += 1;
    const hopMs = this.#hopMs(from, to);
    const damage = link === undefined || link.rules.size === 0 ? null : struckBy(link, request);
    const reply = (given: T | null): void => {
      const answer = damage === null ? given : damagedAnswer(damage, given, request);
      const arrive = (): void => {
        if (!this.#lost(from, to)) end(answer);
      };
      const lateMs = damage?.is === "slowFirstByte" ? damage.delayMs : 0;
      if (link === undefined || (link.delays.size === 0 && lateMs === 0))
        clock.afterHop(hopMs, arrive);
      else clock.after(hopMs + lateMs + this.#delayMs(link), arrive);
    };
    clock.afterHop(hopMs, () => {
      if (over || this.#lost(from, to)) return;
      if (link?.isCut === true || !to.ready) return end(null);
      to.open.add(breakOff);
      link?.open.add(breakOff);
      if (damage?.is === "hang") return;
      if (damage?.is === "status") return reply(null);
      to.now(() => {
        if (!over) serve(reply);
      });
    });
  }

  /**
   * A connection on which `to` sends until either side dies, the link breaks off, or nothing
   * arrives for too long. Messages arrive in order.
   */
  listen<T>({
    from,
    to,
    port,
    silenceMsMax,
    connected,
    heard,
    ended,
  }: ModelListening<T> & Between<SimulatedNode>): void {
    const { clock } = this.#options;
    const link = this.#linkOf(from, to, port);
    const over = from.inThisLife(ended);
    let open = true;
    let heardAtMs = clock.nowMs();
    let arrivesMs = clock.nowMs();
    const end = (): void => {
      if (!open) return;
      open = false;
      for (const place of [from.open, to.open, link?.open]) place?.delete(end);
      over();
    };
    const watch = (): void => {
      const leftMs = heardAtMs + silenceMsMax - clock.nowMs();
      if (open && leftMs <= 0) end();
      else if (open) clock.after(leftMs, watch);
    };
    const tell = (message: T): boolean => {
      if (!open) return false;
      if (link !== undefined) link.asked += 1;
      arrivesMs = Math.max(arrivesMs, clock.nowMs() + this.#hopMs(from, to) + this.#delayMs(link));
      clock.after(
        arrivesMs - clock.nowMs(),
        from.inThisLife(() => {
          if (!open || this.#lost(from, to)) return;
          heardAtMs = clock.nowMs();
          heard(message);
        }),
      );
      return true;
    };
    from.open.add(end);
    if (link !== undefined) link.asked += 1;
    clock.after(silenceMsMax, watch);
    clock.after(this.#hopMs(from, to), () => {
      if (!open || this.#lost(from, to)) return;
      if (link?.isCut === true || !to.ready) return end();
      to.open.add(end);
      link?.open.add(end);
      to.now(() => {
        if (open) connected(tell);
      });
    });
  }

  #hopMs(from: SimulatedNode | null, to: SimulatedNode): number {
    const { hopMs } = this.#options;
    return from === null || from.region === to.region ? hopMs.within : hopMs.between;
  }

  /** The answer is delayed, as in the real proxy. */
  #delayMs(link: SimulatedLink | undefined): number {
    let ms = 0;
    if (link !== undefined)
      for (const { delayMs, jitterMs } of link.delays)
        ms += Math.max(0, delayMs + (2 * this.#options.random() - 1) * jitterMs);
    return ms;
  }
}

/** Each rule counts each request; the first that strikes it is carried out. */
function struckBy(
  { rules }: SimulatedLink,
  { about }: { readonly about?: Wish },
): BadAnswer | null {
  return [...rules].filter((rule) => rule.strikes(about))[0]?.does ?? null;
}

function damagedAnswer<T>(
  damage: BadAnswer,
  answer: T | null,
  { damaged }: ModelRequest<T>,
): T | null {
  return damage.is === "slowFirstByte" ? answer : (damaged?.(damage, answer) ?? null);
}

function nowhere(link: Link): never {
  throw new SeawallError(
    "PLAN_REFUSED",
    `the link from ${link.from} to ${link.to} is simulated and listens nowhere`,
  );
}
