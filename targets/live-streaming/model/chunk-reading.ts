/**
 * How an origin gets a segment's chunks: from the local cache, else from the store. One read serves
 * all concurrent requests for a chunk.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import type { Candidate } from "../stream/candidate.ts";
import { chunksOf } from "./content.ts";
import type { Stores } from "./store-model.ts";
import type { TimedStore } from "./timed-store.ts";

type From = "memcached" | "store" | "nowhere";

export class ChunkReading {
  readonly #node: ModelNode;
  readonly #simulation: Simulation;
  readonly #stores: Stores;
  readonly #store: TimedStore;
  readonly #reading = new Map<string, ((read: boolean) => void)[]>();

  constructor(node: ModelNode, simulation: Simulation, stores: Stores, store: TimedStore) {
    this.#node = node;
    this.#simulation = simulation;
    this.#stores = stores;
    this.#store = store;
    node.onDeath(() => this.#reading.clear());
  }

  /** One after another, as the real origin sends them. False if one cannot be read. */
  read(candidate: Candidate, done: (read: boolean) => void): void {
    const chunks = chunksOf(candidate);
    const next = (index: number): void => {
      const chunk = chunks[index];
      if (chunk === undefined) done(true);
      else this.#readChunk(chunk, (read) => (read ? next(index + 1) : done(false)));
    };
    next(0);
  }

  #readChunk(chunk: string, done: (read: boolean) => void): void {
    const running = this.#reading.get(chunk);
    if (running !== undefined) return void running.push(done);
    this.#reading.set(chunk, [done]);
    const ended = (from: From): void => {
      this.#simulation.count("origin_chunks_total", { service: this.#node.name, from }, 1);
      const all = this.#reading.get(chunk) ?? [];
      this.#reading.delete(chunk);
      for (const each of all) each(from !== "nowhere");
    };
    if (!this.#simulation.enabled("chunkCache")) this.#fromStore(chunk, ended);
    else
      this.#stores.recall(this.#node, chunk, (hit) =>
        hit ? ended("memcached") : this.#fromStore(chunk, ended),
      );
  }

  #fromStore(chunk: string, ended: (from: From) => void): void {
    this.#store.read(chunk, (found) => {
      if (found === null || found.length === 0) return ended("nowhere");
      if (this.#simulation.enabled("chunkCache")) this.#stores.remember(this.#node, chunk);
      ended("store");
    });
  }
}
