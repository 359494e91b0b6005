/** The stores and chunk caches: what each holds, and how long access takes. */
import type { Publication } from "../stream/candidate.ts";
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import type { Candidate } from "../stream/candidate.ts";
import type { Directive } from "../origin/directive.ts";
import { createDirectives } from "../origin/directives.ts";
import { requestOf, type Key, leafOf } from "./request.ts";
import { calibration, draw, type Spread } from "./calibration.ts";

/** One Cassandra node: a queue before a few workers. Acknowledged data outlives it. */
class StoreNode {
  readonly node: ModelNode;
  readonly rows = new Map<Key, Map<string, Candidate>>();
  /** The highest version of an id counts. */
  readonly directives = createDirectives();
  readonly #simulation: Simulation;
  #busy = 0;
  #waiting: (() => void)[] = [];

  constructor(node: ModelNode, simulation: Simulation) {
    this.node = node;
    this.#simulation = simulation;
    node.onDeath(() => {
      this.#busy = 0;
      this.#waiting = [];
    });
  }

  work(spread: Spread, done: () => void): void {
    const begin = (): void => {
      this.#busy++;
      this.node.after(draw(spread, this.#simulation), () => {
        this.#busy--;
        this.#waiting.shift()?.();
        done();
      });
    };
    if (this.#busy < calibration.storeAtOnce) begin();
    else this.#waiting.push(begin);
  }

  keep(key: Key, candidate: Candidate): void {
    const row = this.rows.get(key) ?? new Map<string, Candidate>();
    row.set(candidate.pipeline, candidate);
    this.rows.set(key, row);
  }
}

/** The row that holds directives. */
const directivesKey: Key = "directives";

/** Spreads keys like a partitioner, well enough for three nodes. */
function hash(key: Key): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

export class Stores {
  readonly #simulation: Simulation;
  readonly #stores: readonly StoreNode[];
  readonly #chunks = new Map<string, Set<string>>();

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    for (const { name, kind } of simulation.nodes) {
      if (kind.startsWith("origin"))
        for (const operation of ["read", "write"]) this.#count(name, operation, "done", 0);
    }
    this.#stores = simulation.nodes
      .filter((node) => node.kind === "cassandra")
      .map((node) => new StoreNode(node, simulation));
    for (const node of simulation.nodes.filter((one) => one.kind === "memcached")) {
      this.#chunks.set(node.name, new Set());
      node.onDeath(() => this.flush(node.name));
    }
  }

  flush(memcached: string): boolean {
    const chunks = this.#chunks.get(memcached);
    chunks?.clear();
    return chunks !== undefined;
  }

  /** Whether a majority of a region's nodes is up. */
  writable(region: string): boolean {
    const own = this.#stores.filter(({ node }) => node.region === region);
    return own.filter(({ node }) => node.ready).length > own.length / 2;
  }

  /** Into every store at once, as after a backfill. False if it exists already. */
  seed(keys: readonly Key[], candidate: Candidate): boolean {
    if (
      keys.every((key) =>
        this.#stores.every((store) => store.rows.get(key)?.has(candidate.pipeline) === true),
      )
    )
      return false;
    for (const key of keys) for (const store of this.#stores) store.keep(key, candidate);
    return true;
  }

  /**
   * False if the region's stores did not accept it in time. The rows replicate to the other regions
   * in the background, later to nodes that are down.
   */
  write(from: ModelNode, key: Key, candidate: Candidate, done: (ok: boolean) => void): void {
    this.#ask(
      from,
      key,
      "write",
      (store) => {
        for (const each of this.#stores)
          this.#replicate(store, each, (to) => to.keep(key, candidate));
        return true;
      },
      (answer) => done(answer === true),
    );
  }

  writeDirective(from: ModelNode, directive: Directive, done: (ok: boolean) => void): void {
    this.#ask(
      from,
      directivesKey,
      "write",
      (store) => {
        for (const each of this.#stores)
          this.#replicate(store, each, (to) => to.directives.add(directive));
        return true;
      },
      (answer) => done(answer === true),
    );
  }

  #replicate(from: StoreNode, to: StoreNode, keep: (to: StoreNode) => void): void {
    if (from === to || from.node.region === to.node.region) {
      keep(to);
      return;
    }
    if (to.node.ready) this.#simulation.after(calibration.replicationMs, () => keep(to));
    else to.node.onReady(() => keep(to));
  }

  /** Null if the store did not answer. */
  read(from: ModelNode, key: Key, done: (row: readonly Candidate[] | null) => void): void {
    this.#ask(from, key, "read", (store) => [...(store.rows.get(key)?.values() ?? [])], done);
  }

  readDirectives(from: ModelNode, done: (directives: readonly Directive[] | null) => void): void {
    this.#ask(from, directivesKey, "read", (store) => store.directives.all(), done);
  }

  /** All rows of a rendition, read as one range. */
  readAll(
    from: ModelNode,
    rendition: string,
    done: (found: readonly Publication[] | null) => void,
  ): void {
    this.#ask(
      from,
      rendition,
      "read",
      (store) =>
        [...store.rows].flatMap(([key, row]) => {
          const asked = requestOf(key);
          return asked?.rendition === rendition
            ? [...row.values()].map(
                (candidate): Publication => ({ ...leafOf(asked), ...candidate }),
              )
            : [];
        }),
      done,
    );
  }

  /**
   * The driver uses the nodes of its own region, over a link of the layout where there is one. A
   * majority must be up, or the only copy.
   */
  #ask<T>(
    from: ModelNode,
    key: Key,
    operation: "read" | "write",
    act: (store: StoreNode) => T,
    reply: (answer: T | null) => void,
  ): void {
    const done = (answer: T | null): void => {
      this.#count(from.name, operation, answer === null ? "failed" : "done", 1);
      reply(answer);
    };
    const spread = operation === "read" ? calibration.storeRead : calibration.storeWrite;
    const inRegion = this.#stores.filter((store) => store.node.region === from.region);
    const own = this.#simulation.enabled("replication")
      ? inRegion
      : inRegion.filter((_, index) => index === hash(key) % inRegion.length);
    const linked = own.find((store) =>
      this.#simulation.layout.links.some(
        (link) => link.from === from.name && link.to === store.node.name,
      ),
    );
    const chosen =
      linked?.node.ready === true ? linked : (own.find((store) => store.node.ready) ?? own[0]);
    if (chosen === undefined || own.filter((store) => store.node.ready).length <= own.length / 2) {
      from.after(1, () => done(null));
      return;
    }
    this.#simulation.request<T>({
      from,
      to: chosen.node,
      port: "cql",
      timeoutMs: calibration.storeTimeoutMs,
      serve: (reply) => chosen.work(spread, () => reply(act(chosen))),
      done,
    });
  }

  #count(service: string, operation: string, outcome: string, by: number): void {
    this.#simulation.count("origin_store_requests_total", { service, operation, outcome }, by);
  }

  /** The local cache: whether it holds a chunk. */
  recall(from: ModelNode, chunk: string, done: (hit: boolean) => void): void {
    const node = this.#memoryOf(from);
    if (node === null) {
      done(false);
      return;
    }
    this.#simulation.request<boolean>({
      from,
      to: node,
      port: "memcached",
      timeoutMs: calibration.memcachedTimeoutMs,
      serve: (reply) =>
        node.after(draw(calibration.memcachedGet, this.#simulation), () =>
          reply(this.#chunks.get(node.name)?.has(chunk) === true),
        ),
      done: (answer) => done(answer === true),
    });
  }

  remember(from: ModelNode, chunk: string): void {
    const node = this.#memoryOf(from);
    if (node === null) return;
    this.#simulation.request<true>({
      from,
      to: node,
      port: "memcached",
      timeoutMs: calibration.memcachedTimeoutMs,
      serve: (reply) => {
        this.#chunks.get(node.name)?.add(chunk);
        reply(true);
      },
      done: () => {},
    });
  }

  #memoryOf(from: ModelNode): ModelNode | null {
    const { layout, nodes } = this.#simulation;
    const linked = layout.links.find(
      (link) => link.from === from.name && link.port === "memcached",
    )?.to;
    return (
      nodes.find((node) => node.name === linked) ??
      nodes.find((node) => node.kind === "memcached" && node.zone === from.zone) ??
      null
    );
  }
}
