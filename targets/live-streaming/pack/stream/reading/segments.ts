/** Which segments a rendition has, alike for playlists and manifests. */
import type { MediaView, SegmentView, WindowView } from "./views.ts";

/**
 * What may be fetched at `nowMs` (epoch ms by the server's clock). Of HLS: what is listed. Of DASH:
 * the time-shift buffer up to the newest available segment.
 */
export function windowOf(media: MediaView, nowMs: number): WindowView {
  throw new Error(`${media.format} ${nowMs}`);
}

/** The one that plays at this time of the presentation; null if none is listed for it. */
export function segmentAt(media: MediaView, timeMs: number): SegmentView | null {
  throw new Error(`${media.format} ${timeMs}`);
}

/**
 * The next one; null if none is listed yet, or if nothing follows. DASH: it may not be available
 * yet, see `availableMs`. HLS: the oldest listed if the window has passed beyond the next one.
 */
export function segmentAfter(media: MediaView, segment: SegmentView): SegmentView | null {
  throw new Error(`${media.format} ${segment.sequence}`);
}

/** Whether nothing follows this segment, ever. */
export function isLast(media: MediaView, segment: SegmentView): boolean {
  throw new Error(`${media.format} ${segment.sequence}`);
}

/**
 * How far behind the end of the window a player stays that follows the stream's own wishes: HLS
 * HOLD-BACK, or three target durations; low latency PART-HOLD-BACK; DASH
 * suggestedPresentationDelay. `lowLatency`: whether the player plays parts.
 */
export function holdBackMs(media: MediaView, lowLatency: boolean): number {
  throw new Error(`${media.format} ${lowLatency}`);
}
