/**
 * The stream as arithmetic on wall-clock time. Segment n covers [n, n + 1) × 2 s since the epoch
 * and is published when it is over, so packagers, origins and edges agree on every number and every
 * due time without a word between them.
 */

export const segmentMs = 2000;

/** Segment 0 began here: the epoch itself. */
export const availabilityStartMs = 0;

/** The segment being made at `nowMs`; the newest published one is the one before. */
export function segmentInProduction(nowMs: number): number {
  return Math.floor((nowMs - availabilityStartMs) / segmentMs);
}

/** When segment `number` is published, in epoch ms. */
export function publishAtMs(number: number): number {
  return availabilityStartMs + (number + 1) * segmentMs;
}

/**
 * What viewers at the live edge ask for: everything younger than this many segments. The rest is
 * DVR.
 */
export const liveSegments = 5;

export function isLive(number: number, nowMs: number): boolean {
  return number >= segmentInProduction(nowMs) - liveSegments;
}
