/**
 * The store's word on a segment that is due but unknown: asked at most once per segment and interval, by a bounded number at a time, so that
 * a storm of requests for what is not there stays in this process.
 */
import type { Leaf } from "../stream/address.ts";
import type { Store } from "../store/store.ts";
import type { Publication } from "./metadata.ts";

export interface Lookup {
  /** Empty when the store does not know it, or was asked a moment ago, or cannot be asked now. */
  find(leaf: Leaf): Promise<readonly Publication[]>;
}

export interface LookupOptions {
  readonly store: () => Store | null;
  readonly nowMs: () => number;
  readonly onAsked: () => void;
  readonly intervalMs: number;
  readonly atOnceMax: number;
  readonly rememberedMax: number;
}

export function createLookup(options: LookupOptions): Lookup {
  const underWay = new Map<string, Promise<readonly Publication[]>>();
  const askedAtMs = new Map<string, number>();

  const ask = async (leaf: Leaf, key: string): Promise<readonly Publication[]> => {
    try {
      options.onAsked();
      return await options.store()?.readPublications(leaf) ?? [];
    } catch {
      return [];
    } finally {
      underWay.delete(key);
      remember(key);
    }
  };

  /** A Map keeps the order of insertion: the first key is the one that was asked for longest ago. */
  const remember = (key: string): void => {
    askedAtMs.delete(key);
    askedAtMs.set(key, options.nowMs());
    const oldest = askedAtMs.keys().next();
    if (askedAtMs.size > options.rememberedMax && oldest.done !== true) askedAtMs.delete(oldest.value);
  };

  return {
    find(leaf) {
      const key = `${leaf.event}/${leaf.rendition}/${leaf.number}`;
      const running = underWay.get(key);
      if (running !== undefined) return running;
      if (options.nowMs() - (askedAtMs.get(key) ?? -Infinity) < options.intervalMs) return Promise.resolve([]);
      if (underWay.size >= options.atOnceMax) return Promise.resolve([]);
      const asking = ask(leaf, key);
      underWay.set(key, asking);
      return asking;
    },
  };
}
