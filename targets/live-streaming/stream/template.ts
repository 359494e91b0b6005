/**
 * The stream as arithmetic on wall-clock time. Segment n covers [n, n + 1) × 2 s since the epoch
 * and is published at its end. Packagers, origins and edges thus agree on every number and due time
 * without communication.
 */

export const segmentMs = 2000;

/** The start of segment 0: the epoch itself. */
export const availabilityStartMs = 0;

/** The segment in production at `nowMs`. The newest published one is the one before. */
export function segmentInProduction(nowMs: number): number {
  return Math.floor((nowMs - availabilityStartMs) / segmentMs);
}

/** When segment `number` is published, in epoch ms. */
export function publishAtMs(number: number): number {
  return availabilityStartMs + (number + 1) * segmentMs;
}

/** The live edge: segments younger than this number. Older ones are DVR. */
export const liveSegments = 5;

export function isLive(number: number, nowMs: number): boolean {
  return number >= segmentInProduction(nowMs) - liveSegments;
}
