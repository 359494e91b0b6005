/**
 * A fixed number of workers and a queue: the higher bucket first, first come, first served within
 * it. A client that left before its turn costs nothing.
 */

export interface Workers {
  /** Null if `signal` fired before the work began. */
  run<T>(rank: number, work: () => Promise<T>, signal: AbortSignal): Promise<T | null>;
  /** Work done so far in ms, as the mean over all workers. */
  busyMs(): number;
  readonly waiting: number;
}

export function createWorkers(count: number, nowMs: () => number): Workers {
  const queues = new Map<number, Set<() => void>>();
  let active = 0;
  let doneMs = 0;
  let atMs = nowMs();

  const settle = (): void => {
    const now = nowMs();
    doneMs += (active / count) * Math.max(0, now - atMs);
    atMs = now;
  };
  const next = (): (() => void) | undefined => {
    for (const rank of [...queues.keys()].sort((a, b) => a - b)) {
      const queue = queues.get(rank);
      const [first] = queue ?? [];
      if (queue === undefined || first === undefined) continue;
      queue.delete(first);
      return first;
    }
    return undefined;
  };
  const turn = (rank: number, signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      const queue = queues.get(rank) ?? new Set();
      queues.set(rank, queue);
      const begin = (): void => {
        signal.removeEventListener("abort", leave);
        resolve(true);
      };
      const leave = (): void => {
        queue.delete(begin);
        resolve(false);
      };
      queue.add(begin);
      signal.addEventListener("abort", leave, { once: true });
    });

  return {
    async run(rank, work, signal) {
      if (signal.aborted) return null;
      if (active < count) {
        settle();
        active += 1;
      } else if (!(await turn(rank, signal))) return null;
      try {
        return await work();
      } finally {
        // A place passes directly to the next in the queue, so that no new arrival overtakes it.
        const waiting = next();
        if (waiting === undefined) {
          settle();
          active -= 1;
        } else waiting();
      }
    },
    busyMs() {
      settle();
      return doneMs;
    },
    get waiting() {
      return [...queues.values()].reduce((sum, { size }) => sum + size, 0);
    },
  };
}
