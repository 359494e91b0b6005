/**
 * The store's word on a segment that is due but unknown: asked at most once per segment and
 * interval, by a bounded number at a time, so that a storm of requests for what is not there stays
 * in this process.
 */
import type { Publication } from "../stream/candidate.ts";
import { type Leaf, timeless } from "../stream/address.ts";
import type { Store } from "../store/store.ts";
import { absence } from "./decide.ts";

export interface Lookup {
  /**
   * Empty when the store does not know it, or was asked a moment ago; null when it could not be
   * asked, so that nobody can tell.
   */
  find(leaf: Leaf): Promise<readonly Publication[] | null>;
}

export interface LookupOptions {
  readonly store: () => Store | null;
  readonly nowMs: () => number;
  readonly onLookup: (from: "memory" | "store") => void;
  /** How long the store's word on a segment is good for. */
  readonly intervalMs: (leaf: Leaf) => number;
  readonly atOnceMax: number;
  readonly rememberedMax: number;
}

/** A publication whose word is lost is found this soon. */
export const recentIntervalMs = 250;
/**
 * What is overdue by more than a pipeline ever is will not come, unless the feed says so: a scan of
 * the whole rewind window asks once a minute.
 */
export const settledIntervalMs = 60_000;

/** Look-ups under way at once; an origin without a memory of what exists has hardly a limit. */
export const lookupsAtOnceMax = { remembering: 8, forgetful: 4_096 } as const;

export function lookupIntervalMs(number: number, nowMs: number): number {
  return number !== timeless && absence(number, nowMs).kind === "gone"
    ? settledIntervalMs
    : recentIntervalMs;
}

export function createLookup(options: LookupOptions): Lookup {
  const underWay = new Map<string, Promise<readonly Publication[] | null>>();
  const asked = new Map<string, { readonly atMs: number; readonly failed: boolean }>();

  const ask = async (leaf: Leaf, key: string): Promise<readonly Publication[] | null> => {
    let failed = true;
    try {
      options.onLookup("store");
      const found = (await options.store()?.readPublications(leaf)) ?? null;
      failed = found === null;
      return found;
    } catch {
      return null;
    } finally {
      underWay.delete(key);
      remember(key, failed);
    }
  };

  /**
   * A Map keeps the order of insertion: the first key is the one that was asked for longest ago.
   */
  const remember = (key: string, failed: boolean): void => {
    asked.delete(key);
    asked.set(key, { atMs: options.nowMs(), failed });
    const oldest = asked.keys().next();
    if (asked.size > options.rememberedMax && oldest.done !== true) asked.delete(oldest.value);
  };

  /** That the store could not be asked is no word of its own, so it is asked again soon. */
  const isFresh = (key: string, leaf: Leaf): boolean => {
    const last = asked.get(key);
    return (
      last !== undefined &&
      options.nowMs() - last.atMs < (last.failed ? recentIntervalMs : options.intervalMs(leaf))
    );
  };

  return {
    find(leaf) {
      const key = `${leaf.event}/${leaf.rendition}/${leaf.number}`;
      const running = underWay.get(key);
      if (running === undefined && !isFresh(key, leaf) && underWay.size < options.atOnceMax) {
        const asking = ask(leaf, key);
        underWay.set(key, asking);
        return asking;
      }
      options.onLookup("memory");
      return (
        running ??
        Promise.resolve(isFresh(key, leaf) && asked.get(key)?.failed === false ? [] : null)
      );
    },
  };
}
