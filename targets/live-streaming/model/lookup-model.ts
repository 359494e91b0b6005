/**
 * Store lookups for a segment that an origin does not know: at most one per segment and interval,
 * with bounded concurrency.
 */
import type { ModelNode, Simulation } from "../../../harness/target/model.ts";
import type { Candidate } from "../stream/candidate.ts";
import { lookupIntervalMs, lookupsAtOnceMax, recentIntervalMs } from "../origin/lookup.ts";
import { type SegmentRequest, type Key, keyOf } from "./request.ts";
import type { TimedStore } from "./timed-store.ts";

type Found = readonly Candidate[] | null;

export class Lookups {
  readonly #node: ModelNode;
  readonly #simulation: Simulation;
  readonly #store: TimedStore;
  readonly #looking = new Map<Key, ((found: Found) => void)[]>();
  readonly #asked = new Map<Key, { readonly atMs: number; readonly failed: boolean }>();

  constructor(node: ModelNode, simulation: Simulation, store: TimedStore) {
    this.#node = node;
    this.#simulation = simulation;
    this.#store = store;
    for (const from of ["memory", "store"] as const) this.count(from, 0);
    node.onDeath(() => {
      this.#looking.clear();
      this.#asked.clear();
    });
  }

  /**
   * Empty if the store does not know the segment or was asked a moment ago. Null if it did not
   * answer.
   */
  find(asked: SegmentRequest, found: (candidates: Found) => void): void {
    const key = keyOf(asked);
    const running = this.#looking.get(key);
    const atOnceMax = lookupsAtOnceMax[this.#remembers ? "remembering" : "forgetful"];
    const asks = running === undefined && !this.#isFresh(asked) && this.#looking.size < atOnceMax;
    this.count(asks ? "store" : "memory");
    if (running !== undefined) running.push(found);
    else if (!asks) found([]);
    else this.#ask(key, found);
  }

  #ask(key: Key, found: (candidates: Found) => void): void {
    this.#looking.set(key, [found]);
    this.#store.read(key, (row) => {
      this.#asked.set(key, { atMs: this.#simulation.nowMs(), failed: row === null });
      const all = this.#looking.get(key) ?? [];
      this.#looking.delete(key);
      for (const each of all) each(row);
    });
  }

  get #remembers(): boolean {
    return this.#simulation.enabled("metadataCache");
  }

  #isFresh(asked: SegmentRequest): boolean {
    const last = this.#asked.get(keyOf(asked));
    const nowMs = this.#simulation.nowMs();
    return (
      last !== undefined &&
      nowMs - last.atMs <
        (last.failed
          ? recentIntervalMs
          : this.#remembers
            ? lookupIntervalMs(asked.number, nowMs)
            : 0)
    );
  }

  count(from: "memory" | "store", by = 1): void {
    this.#simulation.count("origin_metadata_lookups_total", { service: this.#node.name, from }, by);
  }
}
