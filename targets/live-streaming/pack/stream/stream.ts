/**
 * Where a segment of a stream is: the one place where its path is made, for viewers in k6 and for
 * the harness's own requests.
 */

/** The stream as a function of wall-clock time; all that a player's manifest would say. */
export interface Stream {
  readonly event: string;
  readonly segmentMs: number;
  /** Epoch ms at which segment 0 began. */
  readonly availabilityStartMs: number;
  readonly renditions: readonly {
    readonly name: string;
    readonly kind: "video" | "audio";
    readonly bitsPerSecond: number;
    /** As `leastBytesShare` of the stream, for this rendition alone. */
    readonly leastBytesShare?: number;
    /** Another one whose very bytes it has, such as one audio under two names. */
    readonly sameAs?: string;
  }[];
  /**
   * Least size of a segment as a share, 0…1, of declared bitrate × duration; 0.1 when left out.
   * What is smaller is no segment.
   */
  readonly leastBytesShare?: number;
  /** `{event}`, `{rendition}` and `{number}` stand for themselves. */
  readonly segmentPath: string;
  /** How far back a viewer may go, in segments, right after the target is up. */
  readonly dvrSegments: number;
  /**
   * Header of every served segment that says, in hex, the SHA-256 of what was published; left out,
   * nobody who watches can tell right bytes from wrong ones.
   */
  readonly digestHeader?: string;
}

/** Of whom only a stream can be asked. */
export function streamOf({ content }: { readonly content?: object }): Stream {
  if (content === undefined) throw new Error("this target is not a stream");
  return content as Stream;
}

/** The placeholders that `segmentPath` may hold. */
export const placeholders = ["event", "rendition", "number"] as const;

/** Percent-encoded, as HTTP wants it: names may hold spaces and letters of any script. */
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
  // What stands before the first slash would be a port or another host.
  return path.startsWith("/") ? path : `/${path}`;
}

/** What a path and a query may hold stays, `%20` too; a bare `%` is a percent sign. */
function encoded(text: string): string {
  const percents = text.replaceAll(/%(?![0-9A-Fa-f]{2})/g, "%25");
  return percents.replaceAll(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+/gu, encodeURIComponent);
}
