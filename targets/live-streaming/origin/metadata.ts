/**
 * The index of segments in this process's memory: event > rendition > segment > candidates. The
 * change feed fills it, never the shared cache. A storm of requests for absent segments thus costs
 * the store nothing.
 */
import type { Publication } from "../stream/candidate.ts";
import { type Leaf, timeless } from "../stream/address.ts";
import type { Candidate } from "../stream/candidate.ts";

/** 60 s: a feed outage that ended longer ago is no longer reported. */
export const gapWindowSegments = 30;

export interface Metadata {
  candidates(leaf: Leaf): readonly Candidate[];
  /** False if the same or a later publication of this pipeline is known. */
  add(publication: Publication): boolean;
  /**
   * Resolves true at the leaf's next publication or when all are woken. Resolves false at the
   * deadline or when the signal aborts.
   */
  published(leaf: Leaf, waitMs: number, signal: AbortSignal): Promise<boolean>;
  /** Wakes all waiting requests, because their segment may never arrive now. */
  wakeAll(): void;
  /** All publications, oldest first, for a reader that starts now. */
  all(): Publication[];
  /**
   * The number of segments from `number` on that are missing between the oldest and newest of each
   * pipeline and rendition: those never announced.
   */
  gaps(number: number): number;
  /** Drops segments older than the window. */
  forgetBefore(number: number): void;
  readonly size: number;
  readonly waiting: number;
}

const none: readonly Candidate[] = [];
const keyOf = (leaf: Leaf): string => `${leaf.event}/${leaf.rendition}/${leaf.number}`;

export function createMetadata(): Metadata {
  const leaves = new Map<
    string,
    { readonly leaf: Leaf; readonly candidates: Map<string, Candidate> }
  >();
  const waiters = new Map<string, Set<() => void>>();
  let waiting = 0;

  const wake = (key: string): void => {
    const woken = waiters.get(key);
    waiters.delete(key);
    for (const resolve of woken ?? []) resolve();
  };

  return {
    candidates(leaf) {
      const known = leaves.get(keyOf(leaf));
      return known === undefined ? none : [...known.candidates.values()];
    },
    add({ event, rendition, number, ...candidate }) {
      const leaf = { event, rendition, number };
      const key = keyOf(leaf);
      const known = leaves.get(key) ?? { leaf, candidates: new Map<string, Candidate>() };
      const before = known.candidates.get(candidate.pipeline);
      // Tokens begin with their time at fixed width, so text order is time order.
      if (before !== undefined && before.token >= candidate.token) return false;
      known.candidates.set(candidate.pipeline, candidate);
      leaves.set(key, known);
      wake(key);
      return true;
    },
    async published(leaf, waitMs, signal) {
      if (signal.aborted || waitMs <= 0) return false;
      const key = keyOf(leaf);
      waiting += 1;
      try {
        return await new Promise<boolean>((resolve) => {
          const set = waiters.get(key) ?? new Set();
          waiters.set(key, set);
          const settle = (found: boolean): void => {
            clearTimeout(timer);
            signal.removeEventListener("abort", onAbort);
            set.delete(onPublished);
            if (set.size === 0 && waiters.get(key) === set) waiters.delete(key);
            resolve(found);
          };
          const onPublished = (): void => settle(true);
          const onAbort = (): void => settle(false);
          const timer = setTimeout(() => settle(false), waitMs);
          signal.addEventListener("abort", onAbort, { once: true });
          set.add(onPublished);
        });
      } finally {
        waiting -= 1;
      }
    },
    wakeAll() {
      for (const key of [...waiters.keys()]) wake(key);
    },
    all: () =>
      [...leaves.values()].flatMap(({ leaf, candidates }) =>
        [...candidates.values()].map((each) => ({ ...leaf, ...each })),
      ),
    gaps(from) {
      const runs = new Map<string, { oldest: number; newest: number; known: number }>();
      for (const { leaf, candidates } of leaves.values()) {
        const { number } = leaf;
        if (number === timeless || number < from) continue;
        for (const pipeline of candidates.keys()) {
          const key = `${leaf.event}/${leaf.rendition}/${pipeline}`;
          const run = runs.get(key);
          if (run === undefined) runs.set(key, { oldest: number, newest: number, known: 1 });
          else {
            run.oldest = Math.min(run.oldest, number);
            run.newest = Math.max(run.newest, number);
            run.known += 1;
          }
        }
      }
      return [...runs.values()].reduce(
        (sum, { oldest, newest, known }) => sum + newest - oldest + 1 - known,
        0,
      );
    },
    forgetBefore(number) {
      for (const [key, { leaf }] of leaves) {
        if (leaf.number !== timeless && leaf.number < number) leaves.delete(key);
      }
    },
    get size() {
      return leaves.size;
    },
    get waiting() {
      return waiting;
    },
  };
}
