/**
 * The gateway's utilisation, 0…1: that of its busiest part among front, signers, event disk and
 * event loop. Each is the smoothed share of time that the part worked. A neighbour that takes
 * processor time makes each look busier. That is right, because the gateway can then admit less.
 */

/** Work done so far in ms; at most 1 ms per ms. */
export type BusyMs = () => number;

export interface Utilisation {
  /** 0…1. */
  readonly now: number;
}

/**
 * Half a second of memory: about a hundred starts at the rate that saturates the signers. A chosen
 * value: less oscillates, more overshoots.
 */
export const memoryMs = 500;
/** Shorter intervals are mostly noise, because a signer is either busy or idle. */
const stretchMsMin = 20;

export function createUtilisation(sources: readonly BusyMs[], nowMs: () => number): Utilisation {
  let atMs = nowMs();
  const states = sources.map((busyMs) => ({ busyMs, last: busyMs(), smoothed: 0 }));
  return {
    get now() {
      const passedMs = nowMs() - atMs;
      if (passedMs >= stretchMsMin) {
        const weight = 1 - Math.exp(-passedMs / memoryMs);
        for (const state of states) {
          const busyMs = state.busyMs();
          const share = Math.min(1, Math.max(0, (busyMs - state.last) / passedMs));
          state.smoothed += weight * (share - state.smoothed);
          state.last = busyMs;
        }
        atMs += passedMs;
      }
      return Math.max(0, ...states.map(({ smoothed }) => smoothed));
    },
  };
}
