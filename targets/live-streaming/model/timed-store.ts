/**
 * A read origin's access to its store. It measures the store's latency, on which shedding depends.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import type { Candidate } from "../stream/candidate.ts";
import type { Directive } from "../origin/directive.ts";
import { createStoreLoad, type Slowness, type StoreLoad } from "../origin/shedding.ts";
import { storeLoadOptions } from "../origin/telemetry.ts";
import type { Key } from "./request.ts";
import type { Stores } from "./store-model.ts";

export class TimedStore {
  readonly #node: ModelNode;
  readonly #simulation: Simulation;
  readonly #stores: Stores;
  #load: StoreLoad = createStoreLoad(storeLoadOptions);

  constructor(node: ModelNode, simulation: Simulation, stores: Stores) {
    this.#node = node;
    this.#simulation = simulation;
    this.#stores = stores;
    node.onDeath(() => {
      this.#load = createStoreLoad(storeLoadOptions);
    });
  }

  slowness(): Slowness {
    return this.#load.slowness(this.#simulation.nowMs());
  }

  read(key: Key, done: (row: readonly Candidate[] | null) => void): void {
    this.#timed((measured) => this.#stores.read(this.#node, key, measured), done);
  }

  readDirectives(done: (directives: readonly Directive[] | null) => void): void {
    this.#timed((measured) => this.#stores.readDirectives(this.#node, measured), done);
  }

  #timed<T>(
    ask: (done: (answer: T | null) => void) => void,
    done: (answer: T | null) => void,
  ): void {
    const startedMs = this.#simulation.nowMs();
    ask((answer) => {
      const nowMs = this.#simulation.nowMs();
      this.#load.record(answer === null ? Infinity : nowMs - startedMs, nowMs);
      done(answer);
    });
  }
}
