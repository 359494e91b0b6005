/**
 * How busy the gateway is, 0…1: the busiest of its front, its signers, the disk of its events and
 * its event loop, each measured as the share of time that it worked, and smoothed. A neighbour who
 * takes the processor away makes each look busier, which is right: less can be taken on.
 */

/** Work done so far in ms; at most one ms for each ms of time. */
export type BusyMs = () => number;

export interface Utilisation {
  /** 0…1. */
  readonly now: number;
}

/**
 * Half a second of memory: about a hundred starts at the rate at which the signers are full.
 * Choose: shorter flutters, longer overshoots.
 */
export const memoryMs = 500;
/** Shorter stretches are mostly noise: a signer is either at work or not. */
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
