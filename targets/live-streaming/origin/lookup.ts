/**
 * Store lookups for a segment that is due but unknown: at most one per segment and interval, with
 * bounded concurrency. A storm of requests for absent segments thus stays in this process.
 */
import type { Publication } from "../stream/candidate.ts";
import { type Leaf, timeless } from "../stream/address.ts";
import type { Store } from "../store/store.ts";
import { absence } from "./decide.ts";

export interface Lookup {
  /**
   * Empty if the store does not know the segment, or was asked a moment ago. Null if the store did
   * not answer.
   */
  find(leaf: Leaf): Promise<readonly Publication[] | null>;
}

export interface LookupOptions {
  readonly store: () => Store | null;
  readonly nowMs: () => number;
  readonly onLookup: (from: "memory" | "store") => void;
  /** How long a lookup's result is valid. */
  readonly intervalMs: (leaf: Leaf) => number;
  readonly atOnceMax: number;
  readonly rememberedMax: number;
}

/** How soon a publication is found whose announcement was lost. */
export const recentIntervalMs = 250;
/**
 * A segment later than any pipeline's retry will not arrive, unless the feed announces it. A scan
 * of the whole DVR window asks once a minute.
 */
export const settledIntervalMs = 60_000;

/** Concurrent lookups. An origin without its memory of segments has hardly a limit. */
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

  /** A Map keeps the order of insertion, so the first key has waited longest since its lookup. */
  const remember = (key: string, failed: boolean): void => {
    asked.delete(key);
    asked.set(key, { atMs: options.nowMs(), failed });
    const oldest = asked.keys().next();
    if (asked.size > options.rememberedMax && oldest.done !== true) asked.delete(oldest.value);
  };

  /** A failed lookup has no result, so it is retried soon. */
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
