/**
 * The address of a segment: the only place that builds its path, for viewers in k6 and for the
 * harness's requests.
 */

import type { Source } from "./source.ts";

/**
 * The stream as a function of wall-clock time: all that a player's manifest would contain. Segment
 * N begins at `availabilityStartMs` + N × `segmentMs`.
 *
 * A body counts as a segment only if it is large enough, no text, and a complete container: fMP4,
 * MPEG-TS, WebM, or an audio format. Containers that are not known are taken as they are.
 */
export interface Stream {
  /** The name of the event, for `{event}` in `segmentPath`. */
  readonly event: string;
  /** The duration of a segment in ms. */
  readonly segmentMs: number;
  /** Epoch ms at which segment 0 began. */
  readonly availabilityStartMs: number;
  /** At least one; the harness checks the first one while the target comes up. */
  readonly renditions: readonly {
    /** Unique, for `{rendition}` in `segmentPath`. */
    readonly name: string;
    /** What it carries. */
    readonly kind: "video" | "audio";
    /** The bit rate as declared, from which the smallest size of a segment follows. */
    readonly bitsPerSecond: number;
    /** Like the stream's `leastBytesShare`, for this rendition alone. */
    readonly leastBytesShare?: number;
    /** Another rendition with the same bytes, such as one audio track under two names. */
    readonly sameAs?: string;
  }[];
  /**
   * The minimum size of a segment as a share, 0…1, of declared bitrate × duration. Default: 0.1. A
   * smaller body is no segment.
   */
  readonly leastBytesShare?: number;
  /**
   * The path of a segment at each entry. `{event}`, `{rendition}` and `{number}` are placeholders.
   * Numbers have no padding.
   */
  readonly segmentPath: string;
  /**
   * Of the DASH manifest, or of the HLS multivariant playlist, at each entry. Without it, no viewer
   * can watch.
   */
  readonly manifestPath?: string;
  /** The DVR window in segments, as available right after the target is up. */
  readonly dvrSegments: number;
  /**
   * The header of every segment with the SHA-256, in hex, of the published bytes. Without it no
   * viewer can recognise wrong bytes.
   */
  readonly digestHeader?: string;
  /**
   * Whether the caches leave the query parameter CMCD out of their keys. Otherwise `plan` refuses
   * viewers who send it: each would get a copy of its own from the origin.
   */
  readonly cmcdOutOfKey?: boolean;
  /** Of a stream that was read: the playlist that requests follow. A description has none. */
  readonly source?: Source;
}

/** The stream that the target serves. Throws if the target is not a stream. */
export function streamOf({ content }: { readonly content?: object }): Stream {
  if (content === undefined) throw new Error("this target is not a stream");
  return content as Stream;
}

/** Whether only its address is known so far. */
export function isUnread({ source }: Stream): boolean {
  return source !== undefined && source.read === undefined;
}

/** The placeholders that `segmentPath` may contain. */
export const placeholders = ["event", "rendition", "number"] as const;

/** Percent-encoded, as HTTP requires: names may contain spaces and letters of any script. */
export function segmentPath(
  { segmentPath: template, event }: Pick<Stream, "segmentPath" | "event">,
  rendition: string,
  number: number,
): string {
  const values: Readonly<Record<string, string>> = {
    event: encoded(event),
    rendition: encoded(rendition),
    number: String(number),
  };
  const path = encoded(
    template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole),
  );
  // Characters before the first slash would be a port or another host.
  return path.startsWith("/") ? path : `/${path}`;
}

/** Characters that path and query allow stay, and `%20` too. A bare `%` is a percent sign. */
function encoded(text: string): string {
  const percents = text.replaceAll(/%(?![0-9A-Fa-f]{2})/g, "%25");
  return percents.replaceAll(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+/gu, encodeURIComponent);
}
