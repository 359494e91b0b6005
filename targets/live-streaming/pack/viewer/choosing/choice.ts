/** The rendition choice of one track, as a player makes it before each segment. */
import type { Answer } from "../requests.ts";

export interface Offered {
  readonly id: string;
  /** Bits per second. */
  readonly bandwidth: number;
  readonly averageBandwidth: number;
}

/** Lengths are in seconds of media, times epoch ms. */
export interface Moment {
  readonly nowMs: number;
  readonly bufferS: number;
  readonly segmentS: number;
  /** Whether it waits for media. */
  readonly isStalled: boolean;
}

/** All renditions of one track, the lowest bandwidth first. They are known by their place. */
export interface Choice {
  /** Before the first segment. */
  first(): number;
  /** For the next segment, given the rendition of the last one. */
  next(current: number, moment: Moment): number;
  /** A segment of this rendition arrived. */
  loaded(rendition: number, answer: Answer, moment: Moment): void;
  /** The first segment of the lowest one arrived, which is measured and not played. */
  tested(answer: Answer): void;
  /** Playback continues elsewhere. */
  sought(): void;
  /** Measured throughput in bits per second; null while unknown. */
  throughput(): number | null;
}

/** The highest one of at most this bandwidth, else the lowest one. */
export function highestWithin(offered: readonly Offered[], bitsPerSecond: number): number {
  return Math.max(
    0,
    offered.findLastIndex(({ bandwidth }) => bandwidth <= bitsPerSecond),
  );
}

/** Where a rendition has failed: the next one below it, and from the lowest the highest. */
export function otherThan(
  failed: number,
  count: number,
  refused: ReadonlySet<number>,
): number | null {
  for (let step = 1; step < count; step++) {
    const candidate = (failed - step + count) % count;
    if (!refused.has(candidate)) return candidate;
  }
  return null;
}

/** In bits per second; null where nothing can be concluded. */
export function throughputOf(bytes: number | null, tookMs: number): number | null {
  return bytes === null || bytes <= 0 || !(tookMs > 0) ? null : (8_000 * bytes) / tookMs;
}
